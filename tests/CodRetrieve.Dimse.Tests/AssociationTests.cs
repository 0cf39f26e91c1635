using System.Text;
using CodRetrieve.Dimse.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CodRetrieve.Dimse.Tests;

/// <summary>The client against a peer that sends anything.</summary>
public sealed class AssociationTests
{
    private const int Conversations = 20_000;

    private static readonly PresentationContext Ct = new(PartTen.CtImageStorage, PartTen.ExplicitLittleEndian);

    [Fact(Timeout = 300_000)]
    public async Task Hostile_bytes_end_in_a_failure_that_is_named_and_nothing_else()
    {
        var random = new Random(20_261_127);
        var outcomes = new Dictionary<string, int>(StringComparer.Ordinal);
        var most = 0L;
        for (var i = 0; i < Conversations; i++)
        {
            var (opening, response) = (Mutate(Accept(), random), Mutate(Response(), random));
            var (thread, before) = (Environment.CurrentManagedThreadId, GC.GetAllocatedBytesForCurrentThread());
            var outcome = await RunAsync(opening, response);
            most = Environment.CurrentManagedThreadId == thread ? Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before) : most;
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        // What was not touched where it matters is stored; all else has its name.
        Assert.InRange(outcomes["stored"], Conversations / 20, Conversations / 2);
        Assert.InRange(outcomes["not stored"], 1, Conversations / 2);
        Assert.InRange(outcomes[nameof(AssociationFailureKind.Rejected)], Conversations / 50, Conversations);
        Assert.InRange(outcomes[nameof(AssociationFailureKind.Unreachable)], 10, Conversations);
        Assert.InRange(outcomes[nameof(AssociationFailureKind.Protocol)], Conversations / 50, Conversations);
        Assert.InRange(outcomes[nameof(AssociationFailureKind.Broken)], 10, Conversations);
        Assert.InRange(outcomes["context rejected"], 10, Conversations);
        Assert.Equal(Conversations, outcomes.Values.Sum());
        Assert.Equal(7 + (outcomes.ContainsKey(nameof(AssociationFailureKind.Busy)) ? 1 : 0), outcomes.Count);

        // Two buffers for the largest PDU, one for what is received, and the content; whatever lengths the peer claims.
        Assert.InRange(most, 30_000, 1_000_000);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_not_mutated_is_stored() => Assert.Equal("stored", await RunAsync(Accept(), Response()));

    [Fact(Timeout = 300_000)]
    public async Task Two_gibibytes_are_sent_in_flat_memory()
    {
        const long Zeros = 2L * 1024 * 1024 * 1024;
        var peer = new ScriptedPeer(Accept(), Response());
        using var content = new ReplayableContent("one", new TestContent(PartTen.File(pixelBytes: 0), Zeros), 16 * 1024 * 1024);
        var file = await PartTenFile.ReadAsync(content, default);
        var association = await OpenAsync(peer);
        peer.IsOpen = true;
        var thread = Environment.CurrentManagedThreadId;
        var allocated = GC.GetAllocatedBytesForCurrentThread();

        var status = await association.StoreAsync(file, content, default);

        Assert.True(status.IsStored);
        Assert.True(peer.BytesReceived > Zeros);
        Assert.True(peer.MaxWriteBytes <= 16_384 + 6);

        // Content and peer are in memory, so that the sender stays on its thread. A Debug build allocates state machines; nothing else grows with the bytes.
        Assert.Equal(thread, peer.AtLastFragment.Thread);
        Assert.InRange(peer.AtLastFragment.AllocatedBytes - allocated, 1, Zeros / 16);
    }

    [Fact(Timeout = 60_000)]
    public async Task Nothing_follows_a_pdu_that_the_peer_took_in_part()
    {
        var time = new FakeTimeProvider();
        var peer = new ScriptedPeer(Accept(), Response()) { StallsAfterBytes = 50_000 };
        using var content = new ReplayableContent("one", new TestContent(PartTen.File(pixelBytes: 100_000)), 0);
        var file = await PartTenFile.ReadAsync(content, default);
        var association = await OpenAsync(peer, new() { TimeProvider = time });
        peer.IsOpen = true;

        var storing = association.StoreAsync(file, content, default);
        await peer.Stalled.Task;
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(storing.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(AssociationFailureKind.TimedOut, (await Assert.ThrowsAsync<AssociationException>(() => storing)).Kind);
        Assert.Equal(0, peer.WritesAfterStall);
        Assert.True(association.IsBroken);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task A_maximum_length_that_holds_no_fragment_is_refused(byte length)
    {
        var accept = Accept();
        accept[^1] = length;
        accept[^2] = accept[^3] = accept[^4] = 0;

        var failure = await Assert.ThrowsAsync<AssociationException>(() => OpenAsync(new ScriptedPeer(accept, [])));

        Assert.Contains($"maximum PDU length {length}", failure.Message, StringComparison.Ordinal);
    }

    private static Task<Association> OpenAsync(Stream peer, DimseSaveOptions? options = null) =>
        Association.OpenAsync(new DimseConnection(peer), DimseAddress.Parse("dicom://ARCHIVE@host"), [Ct], options ?? new(), default);

    private static async Task<string> RunAsync(byte[] opening, byte[] response)
    {
        try
        {
            using var content = new ReplayableContent("one", new TestContent(PartTen.File(pixelBytes: 100)), 0);
            var file = await PartTenFile.ReadAsync(content, default);
            var peer = new ScriptedPeer(opening, response);
            var association = await OpenAsync(peer);
            peer.IsOpen = true;
            if (association.ResultOf(Ct) != 0)
            {
                return "context rejected";
            }

            return (await association.StoreAsync(file, content, default)).IsStored ? "stored" : "not stored";
        }
        catch (AssociationException e)
        {
            return e.Kind.ToString();
        }
    }

    private static byte[] Accept()
    {
        byte[] syntax = Encoding.ASCII.GetBytes(Ct.TransferSyntax);
        byte[] items = [0x21, 0, 0, (byte)(8 + syntax.Length), 1, 0, 0, 0, 0x40, 0, 0, (byte)syntax.Length, .. syntax, 0x50, 0, 0, 8, 0x51, 0, 0, 4, 0, 0, 0x40, 0];
        return FakeArchive.Pdu(2, [0, 1, 0, 0, .. new byte[64], .. items]);
    }

    private static byte[] Response() => FakeArchive.Pdu(4, FakeArchive.Fragment(1, 3, FakeArchive.Command(0x8001, 1, 0)));

    // Nothing, some bytes, bits of the head, a cut, an insertion, or noise.
    private static byte[] Mutate(byte[] bytes, Random random)
    {
        var list = new List<byte>(bytes);
        switch (random.Next(8))
        {
            case 0:
            case 1:
                break;
            case 2:
                list.RemoveRange(random.Next(list.Count), 1);
                break;
            case 3:
                return bytes[..random.Next(bytes.Length)];
            case 4:
                list.InsertRange(random.Next(list.Count), bytes[..random.Next(bytes.Length)]);
                break;
            case 5:
                random.NextBytes(bytes);
                return bytes;
            case 6:
                list[random.Next(6)] = (byte)random.Next(256);
                break;
            default:
                for (var n = random.Next(1, 4); n > 0; n--)
                {
                    list[random.Next(list.Count)] = (byte)random.Next(256);
                }

                break;
        }

        return [.. list];
    }
}
