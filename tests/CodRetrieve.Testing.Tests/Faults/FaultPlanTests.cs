namespace CodRetrieve.Testing.Tests;

public sealed class FaultPlanTests
{
    private static RecordedRequest Request(RequestKind kind, string? name = null) =>
        new() { Kind = kind, Bucket = "b", ObjectName = name, Target = "/", ReceivedAt = default };

    [Fact]
    public void Strikes_after_the_skipped_ones_and_until_spent()
    {
        var plan = new FaultPlan(0);
        var rule = plan.Add(Fault.Status(500), RequestKind.Media, name => name == "o", times: 2, skip: 1);
        var struck = Enumerable.Range(0, 5).Select(_ => plan.Next(Request(RequestKind.Media, "o")) is not null);
        Assert.Equal([false, true, true, false, false], struck);
        Assert.Null(plan.Next(Request(RequestKind.List)));
        Assert.Null(plan.Next(Request(RequestKind.Media, "other")));
        Assert.Equal(2, rule.Hits);
        Assert.Equal(2, plan.HitCount);
    }

    [Fact]
    public void Asks_rules_in_order_and_goes_on_to_the_next_when_one_is_spent()
    {
        var plan = new FaultPlan(0);
        plan.Add(Fault.Status(500), times: 1);
        plan.Add(Fault.Status(503), times: 1);
        Assert.Equal(
            ["Status(500)", "Status(503)", "none"],
            Enumerable.Range(0, 3).Select(_ => plan.Next(Request(RequestKind.List))?.ToString() ?? "none").ToArray());
    }

    [Fact]
    public void Repeats_its_chances_under_the_same_seed()
    {
        static bool[] Run(int seed)
        {
            var plan = new FaultPlan(seed);
            plan.Add(Fault.Status(500), probability: 0.3);
            return [.. Enumerable.Range(0, 1000).Select(_ => plan.Next(Request(RequestKind.List)) is not null)];
        }

        Assert.Equal(Run(5), Run(5));
        Assert.NotEqual(Run(5), Run(6));
        Assert.InRange(Run(5).Count(struck => struck), 200, 400);
    }

    [Fact]
    public void Refuses_numbers_out_of_range()
    {
        var plan = new FaultPlan(0);
        Assert.Throws<ArgumentOutOfRangeException>(() => plan.Add(Fault.Status(500), probability: 1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Fault.ResetAfter(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Fault.FlipBit(0, 8));
    }

    [Fact(Timeout = 30_000)]
    public async Task Chooses_random_places_inside_the_body()
    {
        await using var test = await TestServer.StartAsync(new() { FaultSeed = 11 });
        test.Bucket.Put("o", TestServer.Bytes(10_000));
        test.Server.Faults.Add(Fault.CutAfterRandom());
        var lengths = new HashSet<int>();
        for (var i = 0; i < 10; i++)
        {
            using var response = await test.GetMediaAsync("o", "bytes=0-999");
            lengths.Add((await response.Content.ReadAsByteArrayAsync()).Length);
        }

        Assert.All(lengths, length => Assert.InRange(length, 0, 999));
        Assert.True(lengths.Count > 3, $"seed {test.Server.Faults.Seed}");
    }
}
