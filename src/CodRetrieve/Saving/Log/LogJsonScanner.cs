using System.Text;
using CodRetrieve.Catalog;

namespace CodRetrieve.Saving;

/// <summary>
/// Finds the whole entries (<c>"study/series/sop"</c>) in the part of a damaged <c>log.json</c> that no JSON reader gets through, byte by
/// byte, up to the end of the list.
/// </summary>
/// <param name="inLogs">Whether the first byte already lies within <c>logs</c>; otherwise the list is looked for first.</param>
internal sealed class LogJsonScanner(bool inLogs)
{
    // Three names of 128 characters and two slashes are 386.
    private const int MaxLength = 400;

    private readonly byte[] _text = new byte[MaxLength];
    private int _length;
    private bool _inText;
    private bool _sawLogs;
    private bool _inLogs = inLogs;
    private bool _ended;

    /// <summary>Goes through the next bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="found">Receives the entries.</param>
    public void Scan(ReadOnlySpan<byte> bytes, ICollection<string> found)
    {
        foreach (var b in bytes)
        {
            if (_ended)
            {
                return;
            }

            if (b == (byte)'"')
            {
                OnQuote(found);
            }
            else if (_inText && _length < MaxLength && IsEntryByte(b))
            {
                _text[_length++] = b;
            }
            else
            {
                OnOther(b);
            }
        }
    }

    private static bool IsEntryByte(byte b) => char.IsAsciiLetterOrDigit((char)b) || b is (byte)'.' or (byte)'-' or (byte)'_' or (byte)'/';

    private static bool IsEntry(string text)
    {
        var parts = text.Split('/');
        return parts.Length == 3 && Array.TrueForAll(parts, static p => SafeUid.IsSafe(p));
    }

    private void OnQuote(ICollection<string> found)
    {
        var text = _inText ? Encoding.ASCII.GetString(_text, 0, _length) : "";
        _length = 0;
        if (_inText && _inLogs && IsEntry(text))
        {
            found.Add(text);
            _inText = false;
        }
        else if (_inText && !_inLogs && text == "logs")
        {
            _sawLogs = true;
            _inText = false;
        }
        else
        {
            // The end of a text that is no entry, or the beginning of the next one: where something is missing, nobody can tell.
            _inText = true;
        }
    }

    private void OnOther(byte b)
    {
        _inText = false;
        if (_inLogs)
        {
            // What follows the list is not ours to read, however much it looks like entries.
            _ended = b == (byte)']';
        }
        else if (_sawLogs && b == (byte)'[')
        {
            _inLogs = true;
        }
        else
        {
            _sawLogs &= b is (byte)':' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
        }
    }
}
