namespace CodRetrieve.Testing.Tests.Contracts;

/// <summary>A handler that keeps the contract passes, and every way not to keep it is found, by the check that is for it.</summary>
public sealed class SaveHandlerContractTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    private static readonly Dictionary<HandlerFlaw, string> FoundBy = new()
    {
        [HandlerFlaw.FindsEverything] = "A new destination holds nothing",
        [HandlerFlaw.AddsByte] = "An instance of {0} bytes is saved exactly",
        [HandlerFlaw.NeedsSize] = "An instance whose size is not known is saved",
        [HandlerFlaw.ForgetsOthers] = "Exactly the instances that were saved are found",
        [HandlerFlaw.OneCallAtATime] = "Several instances are saved at once",
        [HandlerFlaw.FirstWins] = "An instance that is saved again replaces the one before",
        [HandlerFlaw.CompletesOnce] = "A study is completed again, and with nothing saved",
        [HandlerFlaw.ForgetsAtClose] = "The next job finds what this one saved",
        [HandlerFlaw.WrapsExceptions] = "What reading the content throws is thrown unchanged, even where it looks like a full disk",
        [HandlerFlaw.KeepsFailedContent] = "Content that fails at its end leaves nothing, and the instance can be saved later",
        [HandlerFlaw.ShowsPartialContent] = "Content that fails at its end leaves nothing, and the instance can be saved later",
        [HandlerFlaw.IgnoresToken] = "Cancelling leaves nothing",
        [HandlerFlaw.StopsAtSize] = "Nothing is found before the content ended",
        [HandlerFlaw.NoLocation] = "Exactly the instances that were saved are found",
        [HandlerFlaw.StaysBusy] = "A study is completed again, and with nothing saved",
    };

    private static readonly int[] Sizes = [0, 1, 511, 512, 513, 262_143, 262_144, 1_048_579];

    public static TheoryData<HandlerFlaw, string> Flaws
    {
        get
        {
            var data = new TheoryData<HandlerFlaw, string>();
            foreach (var flaw in Enum.GetValues<HandlerFlaw>().Where(flaw => flaw != HandlerFlaw.None))
            {
                foreach (var check in Names(FoundBy[flaw]))
                {
                    data.Add(flaw, check);
                }
            }

            return data;
        }
    }

    public static TheoryData<string> Checks => new(SaveHandlerContract.Checks.Select(check => check.Name));

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Checks))]
    public async Task A_handler_that_keeps_the_contract_passes_and_is_closed(string check)
    {
        var handler = new FlawedHandler(HandlerFlaw.None);

        await Check(check).RunAsync(handler);

        Assert.False(handler.IsOpen);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Flaws))]
    public async Task A_flaw_is_found_by_the_check_that_is_for_it(HandlerFlaw flaw, string check)
    {
        var violation = await Assert.ThrowsAsync<ContractViolationException>(() => Check(check).RunAsync(new FlawedHandler(flaw), Soon, CancellationToken.None));

        Assert.StartsWith(check + ": ", violation.Message, StringComparison.Ordinal);
        Assert.Matches("must|may be visible|where nothing may be", violation.Message[check.Length..]);
    }

    [Theory]
    [MemberData(nameof(Checks))]
    public void Every_check_finds_a_flaw(string check) => Assert.Contains(check, FoundBy.Values.SelectMany(Names));

    [Fact]
    public void Names_of_checks_are_unique() => Assert.Distinct(SaveHandlerContract.Checks.Select(check => check.Name));

    private static IEnumerable<string> Names(string check) => check.Contains("{0}", StringComparison.Ordinal)
        ? Sizes.Select(size => check.Replace("{0}", $"{size}", StringComparison.Ordinal))
        : [check];

    private static ContractCheck<ISaveHandlerFixture> Check(string name) => SaveHandlerContract.Checks.Single(check => check.Name == name);
}
