using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CodRetrieve;

/// <summary>Makes of a value what may be part of a file's name, on every system alike.</summary>
internal static class PathText
{
    /// <summary>The most bytes of a name, in UTF-8.</summary>
    public const int MaxPartBytes = 120;

    public const string Unknown = "unknown";

    private const string Reserved = "<>:\"/\\|?*";

    /// <summary>Cleans a value: in form C, without what a name may not have; what differs from the value then is marked with its hash.</summary>
    /// <returns>The text; empty where nothing is left of the value.</returns>
    public static string OfValue(string value, int? maxLength = null)
    {
        var normalized = Nfc.Normalize(value.Trim(' '));
        var text = string.Concat(normalized.EnumerateRunes().Select(static rune => IsAllowed(rune) ? rune.ToString() : "_")).Trim(' ', '.');
        if (maxLength is { } most && new StringInfo(text).LengthInTextElements > most)
        {
            text = new StringInfo(text).SubstringByTextElements(0, most).TrimEnd(' ', '.');
        }

        text = IsDevice(text) ? "_" + text : text;
        return text.Length == 0 || text == normalized ? text : $"{Cut(text, MaxPartBytes - 9)}~{Hash(value, 8)}";
    }

    /// <summary>Ends a name that is put together: never too long, never the name of a device of Windows.</summary>
    /// <param name="name">The name.</param>
    /// <param name="extensionLength">How many of its last characters stay when it is cut.</param>
    public static string OfPart(string name, int extensionLength = 0)
    {
        if (name.Length == 0)
        {
            return Unknown;
        }

        var isDevice = IsDevice(name);
        if (!isDevice && Encoding.UTF8.GetByteCount(name) <= MaxPartBytes)
        {
            return name;
        }

        var text = isDevice ? "_" + name : name;
        var mark = $"~{Hash(name, 8)}{text[^extensionLength..]}";
        return Cut(text[..^extensionLength], MaxPartBytes - Encoding.UTF8.GetByteCount(mark)).TrimEnd(' ', '.') + mark;
    }

    /// <summary>The first hexadecimal digits of the SHA-256 of a text.</summary>
    public static string Hash(string text, int digits, string salt = "") =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(salt + text)))[..digits].ToLowerInvariant();

    /// <summary>Eight capital letters and digits of the SHA-256 of a text: as much as a name on a medium may have (PS3.10, 8.2 and 8.5), some 41 bits.</summary>
    public static string Code(string text, string salt = "")
    {
        const string characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        var value = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(salt + text)));
        return string.Create(8, value, static (code, rest) =>
        {
            foreach (ref var one in code)
            {
                (rest, var digit) = Math.DivRem(rest, (ulong)characters.Length);
                one = characters[(int)digit];
            }
        });
    }

    /// <summary>Whether a character may be in a name: no control, format (bidirectional and zero-width) or private character, no surrogate, nothing that Windows reserves.</summary>
    public static bool IsAllowed(Rune rune) => rune.Value != 0xFFFD && !(rune.IsAscii && Reserved.Contains((char)rune.Value, StringComparison.Ordinal)) && Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse);

    private static string Cut(string text, int maxBytes)
    {
        var bytes = 0;
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes)
            {
                return text[..length];
            }

            length += rune.Utf16SequenceLength;
        }

        return text;
    }

    // Also with an extension: "CON.dcm" is the device.
    private static bool IsDevice(string name)
    {
        var stem = name.Split('.')[0].TrimEnd(' ').ToUpperInvariant();
        return stem is "CON" or "PRN" or "AUX" or "NUL" or "CONIN$" or "CONOUT$"
            || (stem.Length == 4 && stem[..3] is "COM" or "LPT" && stem[3] is (>= '0' and <= '9') or '\u00B9' or '\u00B2' or '\u00B3');
    }
}
