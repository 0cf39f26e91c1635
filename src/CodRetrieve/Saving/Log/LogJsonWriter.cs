using System.Text;
using System.Text.Json;

namespace CodRetrieve.Saving;

/// <summary>Puts a <c>log.json</c> together anew: the other properties first, then <c>logs</c>, so that entries can be appended in place.</summary>
internal static class LogJsonWriter
{
    /// <summary>An entry as a JSON string.</summary>
    public static ReadOnlySpan<byte> Quote(string entry) => Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(entry)}\"");

    /// <summary>Writes an empty log.</summary>
    public static ValueTask WriteEmptyAsync(Stream target, CancellationToken cancellationToken) =>
        target.WriteAsync("{\"logs\":[]}"u8.ToArray(), cancellationToken);

    /// <summary>Writes what a log holds.</summary>
    /// <param name="source">The log; its pieces are copied as they are.</param>
    /// <param name="contents">Where its pieces lie.</param>
    /// <param name="target">The new log.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public static async ValueTask WriteAsync(FileStream source, LogJsonContents contents, Stream target, CancellationToken cancellationToken)
    {
        target.WriteByte((byte)'{');
        foreach (var property in contents.Parser.OtherProperties)
        {
            await CopyAsync(source, property, target, cancellationToken).ConfigureAwait(false);
            target.WriteByte((byte)',');
        }

        target.Write("\"logs\":["u8);
        var first = true;
        foreach (var elements in contents.Parser.Elements)
        {
            Separate(target, ref first);
            await CopyAsync(source, elements, target, cancellationToken).ConfigureAwait(false);
        }

        foreach (var entry in contents.Recovered)
        {
            Separate(target, ref first);
            target.Write(Quote(entry));
        }

        target.Write("]}"u8);
    }

    private static void Separate(Stream target, ref bool first)
    {
        if (!first)
        {
            target.WriteByte((byte)',');
        }

        first = false;
    }

    private static async ValueTask CopyAsync(FileStream source, LogJsonSpan span, Stream target, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        source.Position = span.Start;
        for (var left = span.End - span.Start; left > 0;)
        {
            var part = buffer.AsMemory(0, (int)Math.Min(left, buffer.Length));
            await source.ReadExactlyAsync(part, cancellationToken).ConfigureAwait(false);
            await target.WriteAsync(part, cancellationToken).ConfigureAwait(false);
            left -= part.Length;
        }
    }
}
