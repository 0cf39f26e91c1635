namespace CodRetrieve.Saving;

/// <summary>What a <c>log.json</c> holds, and where.</summary>
internal sealed class LogJsonContents
{
    // Room for an element that someone else put there; whatever does not fit is no log.
    private const int MaxTokenSize = 1024 * 1024;

    // What follows the last entry is "]}" with some whitespace; more is better written anew than again with each batch.
    private const int MaxTailSize = 4096;

    private bool _hasMark;

    private LogJsonContents(LogJsonParser parser, HashSet<UInt128> entries) => (Parser, Entries) = (parser, entries);

    public LogJsonParser Parser { get; }

    /// <summary>The hashes of all entries, of a damaged file too.</summary>
    public HashSet<UInt128> Entries { get; }

    /// <summary>The size of the file.</summary>
    public long Length { get; private set; }

    /// <summary>Entries behind the damage of a damaged file.</summary>
    public List<string> Recovered { get; } = [];

    /// <summary>What follows the last entry; empty if the file cannot be appended to in place.</summary>
    public byte[] Tail { get; private set; } = [];

    /// <summary>Whether the file can be appended to in place.</summary>
    public bool IsAppendable => Tail.Length > 0;

    /// <summary>Reads a log from its beginning to its end.</summary>
    public static async ValueTask<LogJsonContents> ReadAsync(FileStream file, CancellationToken cancellationToken)
    {
        var entries = new HashSet<UInt128>();
        var contents = new LogJsonContents(new LogJsonParser(entries), entries);
        await contents.ParseAsync(file, cancellationToken).ConfigureAwait(false);
        if (contents.Parser.IsDamaged)
        {
            await contents.RecoverAsync(file, cancellationToken).ConfigureAwait(false);
        }
        else if (!contents._hasMark && contents.Parser.EndsInLogs && contents.Parser.Elements.Count <= 1
            && contents.Length - contents.Parser.AppendOffset is var size and <= MaxTailSize)
        {
            contents.Tail = new byte[size];
            file.Position = contents.Parser.AppendOffset;
            await file.ReadExactlyAsync(contents.Tail, cancellationToken).ConfigureAwait(false);
        }

        return contents;
    }

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private async ValueTask ParseAsync(FileStream file, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var count = 0;
        while (!Parser.IsDamaged)
        {
            var read = await file.ReadAsync(buffer.AsMemory(count), cancellationToken).ConfigureAwait(false);
            Length += read;
            count += read;
            if (Length == read && buffer.AsSpan(0, count).StartsWith(ByteOrderMark))
            {
                // Editors put it there; the JavaScript tool stumbles over it, so the file is written anew without.
                _hasMark = true;
                count -= ByteOrderMark.Length;
                buffer.AsSpan(ByteOrderMark.Length, count).CopyTo(buffer);
                Parser.Skip(ByteOrderMark.Length);
            }

            var before = Parser.Position;
            Parser.Read(buffer.AsSpan(0, count), isFinal: read == 0);
            if (read == 0)
            {
                return;
            }

            var consumed = (int)(Parser.Position - before);
            count -= consumed;
            buffer.AsSpan(consumed, count).CopyTo(buffer);
            if (count == buffer.Length)
            {
                Grow(ref buffer);
            }
        }
    }

    private void Grow(ref byte[] buffer)
    {
        if (buffer.Length >= MaxTokenSize)
        {
            Parser.MarkDamaged();
        }
        else
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }
    }

    private async ValueTask RecoverAsync(FileStream file, CancellationToken cancellationToken)
    {
        var scanner = new LogJsonScanner(Parser.StoppedInLogs);
        var buffer = new byte[64 * 1024];
        file.Position = Parser.Position;
        while (await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var read and > 0)
        {
            scanner.Scan(buffer.AsSpan(0, read), Recovered);
        }

        Recovered.RemoveAll(entry => !Entries.Add(EntryHash.Of(entry)));
    }
}
