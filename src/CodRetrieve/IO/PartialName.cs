using System.Buffers;
using System.Security.Cryptography;

namespace CodRetrieve.IO;

/// <summary>
/// The name of a file that is being written, beside its final one: <c>.{name}.{owner}.{random}.partial</c>. The owner is the run that writes
/// it, so that another one can tell whether it is still alive.
/// </summary>
internal static class PartialName
{
    public const string Extension = ".partial";

    /// <summary>The characters of <see cref="NewId"/>.</summary>
    public const int IdLength = 8;

    /// <summary>The owner of a file that its run left to others when it ended.</summary>
    public const string Nobody = "00000000";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>A name that nobody can foresee.</summary>
    public static string Create(string name, string owner) => $".{name}.{owner}.{NewId()}{Extension}";

    /// <summary>A random part of a name: eight hexadecimal digits.</summary>
    public static string NewId() => RandomNumberGenerator.GetHexString(IdLength, lowercase: true);

    public static bool IsId(ReadOnlySpan<char> text) => text.Length == IdLength && !text.ContainsAnyExcept(HexDigits);

    /// <summary>Splits a name that <see cref="Create"/> gave.</summary>
    public static bool TryParse(string fileName, out string name, out string owner)
    {
        (name, owner) = ("", "");
        const int suffix = 1 + IdLength + 1 + IdLength;
        if (fileName.Length <= 1 + suffix + Extension.Length || fileName[0] != '.' || !fileName.EndsWith(Extension, StringComparison.Ordinal))
        {
            return false;
        }

        var stem = fileName.AsSpan(1, fileName.Length - 1 - Extension.Length);
        var ids = stem[^suffix..];
        if (ids[0] != '.' || ids[1 + IdLength] != '.' || !IsId(ids.Slice(1, IdLength)) || !IsId(ids[^IdLength..]))
        {
            return false;
        }

        (name, owner) = (stem[..^suffix].ToString(), ids.Slice(1, IdLength).ToString());
        return true;
    }
}
