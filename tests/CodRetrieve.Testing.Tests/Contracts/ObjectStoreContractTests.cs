namespace CodRetrieve.Testing.Tests.Contracts;

/// <summary>A store that keeps the contract passes, and every way not to keep it is found, by the check that is for it.</summary>
public sealed class ObjectStoreContractTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    private static readonly Dictionary<StoreFlaw, string> FoundBy = new()
    {
        [StoreFlaw.IgnoresPrefix] = "A prefix that no name begins with lists nothing",
        [StoreFlaw.Unsorted] = "Names are listed in lexicographic order, each once",
        [StoreFlaw.LosesLastPage] = "A listing goes on from page to page by its tokens",
        [StoreFlaw.TokensWorkOnce] = "A listing goes on from page to page by its tokens",
        [StoreFlaw.RepeatsToken] = "A listing goes on from page to page by its tokens",
        [StoreFlaw.FolderPrefix] = "A prefix is the beginning of a name, not a folder",
        [StoreFlaw.Delimiter] = "A prefix is the beginning of a name, not a folder",
        [StoreFlaw.BeginsBehind] = "A listing that begins at a name has every name from there on",
        [StoreFlaw.WrongSize] = "Sizes are listed",
        [StoreFlaw.StaleListing] = "An object that was replaced is listed as it is now",
        [StoreFlaw.SameGeneration] = "A generation is listed, and is another one when the object is replaced",
        [StoreFlaw.WrongChecksum] = "The CRC32C of the stored bytes is listed",
        [StoreFlaw.UnescapesNames] = "Names of all characters are listed and read as they are",
        [StoreFlaw.ShortBody] = "An object is read whole",
        [StoreFlaw.WrongLength] = "An object is read whole",
        [StoreFlaw.RangeOffByOne] = "A range gives its bytes: the first, the last, some between, all",
        [StoreFlaw.RefusesRangeBeyondEnd] = "A range that goes beyond the end gives what there is",
        [StoreFlaw.EmptyBehindEnd] = "A range behind the end is refused",
        [StoreFlaw.EmptyForMissing] = "An object that does not exist is not found",
        [StoreFlaw.OtherExceptionForMissing] = "An object that does not exist is not found",
        [StoreFlaw.StaleBytes] = "The newest bytes are read where no generation is asked for",
        [StoreFlaw.RefusesPinned] = "A read is pinned to the listed generation",
        [StoreFlaw.IgnoresGeneration] = "A generation that was replaced never gives the bytes of the new one",
        [StoreFlaw.SaysNothingOfGzip] = "An object stored with gzip is given as it is stored, or as decompressed",
        [StoreFlaw.RangeOfDecompressed] = "A range of an object stored with gzip is of the stored bytes, or the whole as decompressed",
        [StoreFlaw.SameUri] = "Each object has a name for display of its own",
        [StoreFlaw.LeaksConnections] = "A body that is not read to its end can be disposed",
        [StoreFlaw.DisposesOnce] = "A body can be disposed twice",
        [StoreFlaw.IgnoresCancelledToken] = "A call whose token is cancelled already ends as cancelled",
        [StoreFlaw.BodyIgnoresToken] = "Reading a body ends when it is cancelled",
        [StoreFlaw.TokenEndsBody] = "The token of a call does not end the body that it gave",
        [StoreFlaw.OneCallAtATime] = "Many objects are read and listed at once",
        [StoreFlaw.MissingBucketIsEmpty] = "A bucket that does not exist is not found",
        [StoreFlaw.Hangs] = "Sizes are listed",
        [StoreFlaw.BlocksThread] = "Sizes are listed",
    };

    public static TheoryData<StoreFlaw> Flaws => new(Enum.GetValues<StoreFlaw>().Where(flaw => flaw != StoreFlaw.None));

    public static TheoryData<string> Checks => new(ObjectStoreContract.Checks.Select(check => check.Name));

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Checks))]
    public Task A_store_that_keeps_the_contract_passes(string check) => Check(check).RunAsync(new FlawedStore(StoreFlaw.None));

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Flaws))]
    public async Task A_flaw_is_found_by_the_check_that_is_for_it(StoreFlaw flaw)
    {
        var check = Check(FoundBy[flaw]);

        var violation = await Assert.ThrowsAsync<ContractViolationException>(() => check.RunAsync(new FlawedStore(flaw), Soon, CancellationToken.None));

        // What it did, and what it must do.
        Assert.StartsWith(check.Name + ": ", violation.Message, StringComparison.Ordinal);
        Assert.Matches("must|there (are|is)|were put|where nothing may be", violation.Message[check.Name.Length..]);
    }

    [Theory]
    [MemberData(nameof(Checks))]
    public void Every_check_finds_a_flaw(string check) => Assert.Contains(check, FoundBy.Values);

    [Fact]
    public void Names_of_checks_are_unique() => Assert.Distinct(ObjectStoreContract.Checks.Select(check => check.Name));

    [Theory]
    [InlineData(ObjectStoreCapabilities.Generations, "generation", 3)]
    [InlineData(ObjectStoreCapabilities.Pages, "page", 1)]
    [InlineData(ObjectStoreCapabilities.Checksums, "CRC32C", 1)]
    [InlineData(ObjectStoreCapabilities.ContentEncodings, "gzip", 2)]
    [InlineData(ObjectStoreCapabilities.MissingBuckets, "bucket", 1)]
    [InlineData(ObjectStoreCapabilities.UnusualNames, "all characters", 1)]
    public void A_capability_that_is_missing_leaves_its_checks_out(ObjectStoreCapabilities missing, string about, int count)
    {
        var left = ObjectStoreContract.Checks.Except(ObjectStoreContract.ChecksFor(ObjectStoreCapabilities.All & ~missing)).ToList();

        Assert.Equal(count, left.Count);
        Assert.All(left, check => Assert.Contains(about, check.Name, StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_check_that_is_cancelled_is_no_violation()
    {
        using var cancellation = new CancellationTokenSource();
        var running = Check("Sizes are listed").RunAsync(new FlawedStore(StoreFlaw.Hangs), cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static ContractCheck<IObjectStoreFixture> Check(string name) => ObjectStoreContract.Checks.Single(check => check.Name == name);
}
