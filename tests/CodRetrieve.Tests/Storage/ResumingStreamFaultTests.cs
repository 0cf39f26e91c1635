using CodRetrieve.Storage;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage;

/// <summary>Every way in which an answer can be wrong, once and for ever.</summary>
public sealed class ResumingStreamFaultTests
{
    private const int Retries = 3;
    private static readonly byte[] Content = Bytes.Random(400_001);
    private static readonly ByteRange Middle = new(1_003, 390_007);

    /// <summary>The fault, and the reason of the failure when it never ends; none where it does no harm.</summary>
    public static TheoryData<string, ObjectStoreFailure?> Faults => new()
    {
        { "ResetBeforeHeaders", ObjectStoreFailure.Unavailable },
        { "ResetAfterHeaders", ObjectStoreFailure.Unavailable },
        { "ResetAfter", ObjectStoreFailure.Unavailable },
        { "CloseAfter", ObjectStoreFailure.Unavailable },
        { "CutAfter", ObjectStoreFailure.InvalidResponse },
        { "StallAfter", ObjectStoreFailure.Unavailable },
        { "CloseAtOnce", ObjectStoreFailure.Unavailable },
        { "StallAtOnce", ObjectStoreFailure.Unavailable },
        { "Later range", ObjectStoreFailure.InvalidResponse },
        { "Earlier range", ObjectStoreFailure.InvalidResponse },
        { "IgnoreRange", null },
        { "RangeAsStatus200", null },
        { "ExtraBytes", null },
        { "WrongGeneration", ObjectStoreFailure.InvalidResponse },
        { "408", ObjectStoreFailure.Unavailable },
        { "429", ObjectStoreFailure.Unavailable },
        { "500", ObjectStoreFailure.Unavailable },
        { "502", ObjectStoreFailure.Unavailable },
        { "503", ObjectStoreFailure.Unavailable },
        { "504", ObjectStoreFailure.Unavailable },
    };

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Faults))]
    public async Task Bytes_come_out_exact_after_one_fault(string fault, ObjectStoreFailure? lasting)
    {
        _ = lasting;
        await using var store = await StartAsync(fault);
        var slice = store.Put(Content, Middle);
        store.Faults.Add(Of(fault), times: 1);

        Assert.Equal(Content[1_003..390_007], await store.ReadAsync(slice));
        Assert.Equal(1, store.Faults.HitCount);
        Assert.InRange(store.Server.Requests.Count, 1, IsStall(fault) ? Retries + 1 : 2);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Faults))]
    public async Task A_persistent_fault_is_reported_after_a_bounded_number_of_requests(string fault, ObjectStoreFailure? lasting)
    {
        await using var store = await StartAsync(fault);
        var slice = store.Put(Content, Middle);
        store.Faults.Add(Of(fault, bytes: 10));
        if (lasting is null)
        {
            Assert.Equal(Content[1_003..390_007], await store.ReadAsync(slice));
            return;
        }

        var failure = await store.FailAsync(slice);
        Assert.Equal(lasting, failure.Reason);
        Assert.True(failure.IsTransient);
        Assert.InRange(store.Server.Requests.Count, IsStall(fault) ? 1 : Retries + 1, (Retries + 1) * (Retries + 1));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(400, ObjectStoreFailure.Rejected)]
    [InlineData(401, ObjectStoreFailure.Unauthorized)]
    [InlineData(403, ObjectStoreFailure.Forbidden)]
    [InlineData(404, ObjectStoreFailure.Changed)]
    [InlineData(412, ObjectStoreFailure.Changed)]
    [InlineData(416, ObjectStoreFailure.RangeNotSatisfiable)]
    [InlineData(418, ObjectStoreFailure.Rejected)]
    public async Task A_final_status_is_asked_for_once(int status, ObjectStoreFailure reason)
    {
        await using var store = await StartAsync();
        var slice = store.Put(Content, Middle);
        store.Faults.Add(Fault.Status(status, body: "<html>SECRET</html>"));

        var failure = await store.FailAsync(slice);
        Assert.Equal(reason, failure.Reason);
        Assert.Equal(status, failure.StatusCode);
        Assert.Contains("gs://test-bucket/object", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", failure.ToString(), StringComparison.Ordinal);
        Assert.Single(store.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_object_that_was_not_pinned_is_not_found()
    {
        await using var store = await StartAsync();
        var failure = await store.FailAsync(new ObjectRange("none", null, null, null));
        Assert.Equal(ObjectStoreFailure.NotFound, failure.Reason);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_object_replaced_after_its_listing_has_changed()
    {
        await using var store = await StartAsync();
        var slice = store.Put(Content, Middle);
        store.Put(Bytes.Random(Content.Length, seed: 2));
        Assert.Equal(ObjectStoreFailure.Changed, (await store.FailAsync(slice)).Reason);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_object_of_another_size_than_listed_has_changed()
    {
        await using var store = await StartAsync();
        var slice = store.Put(Content, Middle) with { ObjectSizeBytes = Content.Length - 1 };
        Assert.Equal(ObjectStoreFailure.Changed, (await store.FailAsync(slice)).Reason);
        Assert.Single(store.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_redirect_is_not_followed()
    {
        await using var store = await StartAsync();
        var slice = store.Put(Content);
        store.Faults.Add(Fault.Redirect(new Uri(store.Server.Endpoint, "elsewhere")));

        Assert.Equal(ObjectStoreFailure.Rejected, (await store.FailAsync(slice)).Reason);
        Assert.Single(store.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_wrong_range_from_the_first_byte_is_not_taken_for_a_store_without_ranges()
    {
        await using var store = await StartAsync();
        var slice = store.Put(Content, Middle);
        store.Faults.Add(Fault.WrongContentRange(-Middle.Start));

        var received = 0;
        await using var stream = await store.Objects.OpenAsync(slice, count => received += count, CancellationToken.None);
        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => stream.ReadToEndAsync());

        Assert.Equal(ObjectStoreFailure.InvalidResponse, failure.Reason);
        Assert.Equal(0, received);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_store_without_ranges_that_breaks_before_the_place_is_asked_a_bounded_number_of_times()
    {
        await using var store = await StartAsync();
        var place = new ByteRange(300_000, 310_000);
        var prepared = Content[..200_000];
        var asked = 0;
        var objects = new ObjectReader(
            new FakeObjectStore { Open = (_, _, _) => BrokenOff(prepared, ref asked) },
            new RequestPolicy(store.Options, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance),
            RequestBudget.Fixed(1));
        await using var stream = await objects.OpenAsync(new ObjectRange("object", null, Content.Length, place), null, CancellationToken.None);

        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => stream.ReadToEndAsync());

        Assert.Equal(ObjectStoreFailure.Unavailable, failure.Reason);
        Assert.Equal(Retries + 1, asked);
    }

    private static ObjectContent BrokenOff(byte[] bytes, ref int asked)
    {
        asked++;
        return new ObjectContent(new PiecewiseStream(bytes, 50_000, new IOException("reset")), 0);
    }

    private static bool IsStall(string fault) => fault.StartsWith("Stall", StringComparison.Ordinal);

    // With so short a time limit a busy machine may end requests that the server never saw: stalls are not counted exactly.
    private static Task<OpenStore> StartAsync(string fault = "") => OpenStore.StartAsync(options =>
    {
        options.MaxRetryAttempts = Retries;
        options.IdleTimeout = TimeSpan.FromMilliseconds(IsStall(fault) ? 250 : 20_000);
    });

    private static Fault Of(string name, int bytes = 130_001) => name switch
    {
        "ResetBeforeHeaders" => Fault.ResetBeforeHeaders(),
        "ResetAfterHeaders" => Fault.ResetAfterHeaders(),
        "ResetAfter" => Fault.ResetAfter(bytes),
        "CloseAfter" => Fault.CloseAfter(bytes),
        "CutAfter" => Fault.CutAfter(bytes),
        "StallAfter" => Fault.StallAfter(bytes),
        "CloseAtOnce" => Fault.CloseAfter(0),
        "StallAtOnce" => Fault.StallAfter(0),
        "Later range" => Fault.WrongContentRange(1),
        "Earlier range" => Fault.WrongContentRange(-1),
        "IgnoreRange" => Fault.IgnoreRange(),
        "RangeAsStatus200" => Fault.RangeAsStatus200(),
        "ExtraBytes" => Fault.ExtraBytes(1_000),
        "WrongGeneration" => Fault.WrongGeneration(7),
        var status => Fault.Status(int.Parse(status, System.Globalization.CultureInfo.InvariantCulture)),
    };
}
