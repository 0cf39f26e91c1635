using System.Text.Json;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>
/// Reads <c>{directory}/log.json</c>, <c>{"logs": ["{study}/{series}/{sop}", …]}</c>, in the shape that the JavaScript tool keeps. It records;
/// what is saved is decided by receipts and files.
/// </summary>
internal sealed class LogJson
{
    // Space for an element that someone else put there; whatever does not fit is no log.
    private const int MaxTokenSize = 1024 * 1024;

    private readonly Action<UInt128> _found;
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = 256 });
    private bool _isLogs;
    private bool _isInList;

    private LogJson(Action<UInt128> found) => _found = found;

    /// <summary>Where the next entry goes: the offset behind the last one, and whether there is one.</summary>
    public (long Offset, bool IsFirst)? End { get; private set; }

    public static string PathIn(string directory) => Path.Combine(directory, "log.json");

    public static string Entry(string study, string series, string sopInstanceUid) => $"{study}/{series}/{sopInstanceUid}";

    public static FileStream OpenRead(string path) => SymbolicLink.Is(path)
        ? throw new IOException($"{path} is a symbolic link, which is not followed. Remove it.")
        : new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);

    /// <summary>Reads a log from its beginning to its end.</summary>
    /// <param name="file">The log.</param>
    /// <param name="found">Receives the hash of each entry, see <see cref="EntryHash"/>.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The log; <see langword="null"/> if it is damaged: cut off, not JSON, or of another shape. What was read of it was found all the same.</returns>
    public static async ValueTask<LogJson?> ReadAsync(FileStream file, Action<UInt128> found, CancellationToken cancellationToken)
    {
        var log = new LogJson(found);
        var buffer = new byte[64 * 1024];
        var (start, count) = (await SkipByteOrderMarkAsync(file, cancellationToken).ConfigureAwait(false), 0);
        while (true)
        {
            var read = await file.ReadAsync(buffer.AsMemory(count), cancellationToken).ConfigureAwait(false);
            count += read;
            if (log.TryParse(buffer.AsSpan(0, count), start, isFinal: read == 0) is not { } consumed)
            {
                return null;
            }

            if (read == 0)
            {
                return log.End is null ? null : log;
            }

            (start, count) = (start + consumed, count - consumed);
            buffer.AsSpan(consumed, count).CopyTo(buffer);
            if (count == buffer.Length)
            {
                if (count >= MaxTokenSize)
                {
                    return null;
                }

                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    // Editors put one there, over which the JavaScript tool stumbles: what is written later is without.
    private static async ValueTask<long> SkipByteOrderMarkAsync(FileStream file, CancellationToken cancellationToken)
    {
        var mark = new byte[3];
        var count = await file.ReadAtLeastAsync(mark, mark.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return file.Position = count == mark.Length && mark.AsSpan().SequenceEqual("\uFEFF"u8) ? mark.Length : 0;
    }

    private int? TryParse(ReadOnlySpan<byte> block, long start, bool isFinal)
    {
        var reader = new Utf8JsonReader(block, isFinal, _state);
        try
        {
            while (reader.Read())
            {
                OnToken(ref reader, start + reader.BytesConsumed);
            }
        }
        catch (JsonException)
        {
            return null;
        }

        _state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }

    private void OnToken(ref Utf8JsonReader reader, long end)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName when reader.CurrentDepth == 1:
                _isLogs = reader.ValueTextEquals("logs"u8);
                break;
            case JsonTokenType.StartArray when _isLogs && reader.CurrentDepth == 1:
                (End, _isInList) = ((end, true), true);
                break;
            case JsonTokenType.EndArray when _isInList && reader.CurrentDepth == 1:
                _isInList = false;
                break;
            default:
                OnElement(ref reader, end);
                break;
        }
    }

    private void OnElement(ref Utf8JsonReader reader, long end)
    {
        if (_isInList && reader.CurrentDepth == 2 && reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
        {
            End = (end, false);
            if (reader.TokenType == JsonTokenType.String && Text(ref reader) is { } entry)
            {
                _found(entry);
            }
        }
    }

    // No entry of ours needs an escape, but "\/" means the same as "/". Half a surrogate pair is no text, and names no instance.
    private static UInt128? Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.ValueIsEscaped ? EntryHash.Of(reader.GetString()!) : EntryHash.Of(reader.ValueSpan);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
