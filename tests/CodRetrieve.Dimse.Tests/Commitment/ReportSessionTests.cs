using System.Text;
using CodRetrieve.Dimse.Tests.Support;

namespace CodRetrieve.Dimse.Tests.Commitment;

/// <summary>What connects to the port for reports may send anything.</summary>
public sealed class ReportSessionTests
{
    private const int Sessions = 20_000;
    private const string CommitmentUid = "1.2.840.10008.1.20.1";

    private static readonly DimseSaveOptions Options = new() { StorageCommitment = new() };

    [Fact(Timeout = 300_000)]
    public async Task Hostile_bytes_end_the_association_and_commit_nothing_but_what_was_asked_for()
    {
        var random = new Random(20_261_128);
        var outcomes = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Sessions; i++)
        {
            var transactions = new CommitmentTransactions();
            var (uid, report) = transactions.Begin();
            var outcome = await ServeAsync(Mutate(Session(uid), random), transactions);
            if (report.IsCompletedSuccessfully)
            {
                // Whatever was changed, at most the one that was reported is committed, or another name of the same length.
                Assert.True((await report).Committed.Count + (await report).Failed.Count <= 2);
                outcome = "reported, " + outcome;
            }

            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        Assert.InRange(outcomes["reported, released"], Sessions / 20, Sessions / 2);
        Assert.InRange(outcomes["Protocol"], Sessions / 50, Sessions);
        Assert.InRange(outcomes["Broken"], Sessions / 50, Sessions);
        Assert.InRange(outcomes.Where(static pair => pair.Key.StartsWith("reported", StringComparison.Ordinal)).Sum(static pair => pair.Value), Sessions / 20, Sessions * 3 / 4);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_not_mutated_is_reported_and_released()
    {
        var transactions = new CommitmentTransactions();
        var (uid, report) = transactions.Begin();

        Assert.Equal("released", await ServeAsync(Session(uid), transactions));
        Assert.Equal(["1.2.3"], (await report).Committed);
        Assert.Equal([KeyValuePair.Create("1.2.4", 0x0112)], (await report).Failed);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_report_beyond_the_limit_is_refused_before_it_takes_its_memory()
    {
        var fragments = Enumerable.Repeat(FakeArchive.Pdu(4, FakeArchive.Fragment(1, 0, new byte[100_000])), 12).SelectMany(static one => one);

        Assert.Equal("Protocol", await ServeAsync([.. Open(), .. FakeArchive.Pdu(4, FakeArchive.Fragment(1, 3, FakeArchive.ReportCommand())), .. fragments], new CommitmentTransactions()));
    }

    private static async Task<string> ServeAsync(byte[] bytes, CommitmentTransactions transactions)
    {
        await using var session = new ReportSession(new ScriptedPeer(bytes, []), Options, transactions);
        try
        {
            await session.ServeAsync(default);
            return "released";
        }
        catch (AssociationException e)
        {
            return e.Kind.ToString();
        }
    }

    private static byte[] Session(string transaction) => [
        .. Open(),
        .. FakeArchive.Pdu(4, FakeArchive.Fragment(1, 3, FakeArchive.ReportCommand(2))),
        .. FakeArchive.Pdu(4, FakeArchive.Fragment(1, 2, FakeArchive.Report(transaction, [(PartTen.CtImageStorage, "1.2.3")], [(PartTen.CtImageStorage, "1.2.4", 0x0112)]))),
        .. FakeArchive.Pdu(5, 0, 0, 0, 0)];

    private static byte[] Open()
    {
        byte[] Item(byte type, byte[] value) => [type, 0, 0, (byte)value.Length, .. value];
        var syntax = Encoding.ASCII.GetBytes(CommitmentUid);
        byte[] items = [
            .. Item(0x20, [1, 0, 0, 0, .. Item(0x30, syntax), .. Item(0x40, "1.2.840.10008.1.2"u8.ToArray())]),
            .. Item(0x50, [.. Item(0x51, [0, 0, 0x40, 0]), .. Item(0x54, [0, (byte)syntax.Length, .. syntax, 0, 1])])];
        return FakeArchive.Pdu(1, [0, 1, 0, 0, .. new byte[64], .. items]);
    }

    // Nothing, a cut, a byte less, an insertion, noise, or some bytes.
    private static byte[] Mutate(byte[] bytes, Random random)
    {
        var list = new List<byte>(bytes);
        switch (random.Next(7))
        {
            case 0:
                break;
            case 1:
                return bytes[..random.Next(bytes.Length)];
            case 2:
                list.RemoveAt(random.Next(list.Count));
                break;
            case 3:
                list.InsertRange(random.Next(list.Count), bytes[..random.Next(bytes.Length)]);
                break;
            case 4:
                random.NextBytes(bytes.AsSpan(random.Next(bytes.Length)));
                return bytes;
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
