namespace CodRetrieve.Testing;

/// <summary>Orders names as GCS does, by their UTF-8 bytes; ordinal UTF-16 differs from it for characters beyond U+FFFF.</summary>
internal sealed class ObjectNameComparer : IComparer<string>
{
    public static ObjectNameComparer Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
        {
            return string.CompareOrdinal(x, y);
        }

        var common = x.AsSpan().CommonPrefixLength(y);
        if (common == x.Length || common == y.Length)
        {
            return x.Length.CompareTo(y.Length);
        }

        return Rank(x[common]).CompareTo(Rank(y[common]));
    }

    // Surrogates stand for code points above every other character, yet their code units lie below U+E000.
    private static int Rank(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
}
