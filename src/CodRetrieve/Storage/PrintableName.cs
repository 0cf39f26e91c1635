namespace CodRetrieve.Storage;

/// <summary>A name that somebody else chose, as a message may have it.</summary>
internal static class PrintableName
{
    private const int MaxLength = 100;

    /// <summary>The name without control characters, cut off where nobody would read on.</summary>
    public static string Of(string text)
    {
        var cleaned = string.Concat(text.Take(MaxLength).Select(static c => char.IsControl(c) ? '?' : c));
        return text.Length > MaxLength ? cleaned + "..." : cleaned;
    }
}
