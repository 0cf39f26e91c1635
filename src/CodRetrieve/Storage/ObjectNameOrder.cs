namespace CodRetrieve.Storage;

/// <summary>The order in which Cloud Storage lists names: that of their UTF-8 bytes, which is the order of their code points.</summary>
internal sealed class ObjectNameOrder : IComparer<string>
{
    public static ObjectNameOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
        {
            return string.CompareOrdinal(x, y);
        }

        var common = x.AsSpan().CommonPrefixLength(y);
        return common == x.Length || common == y.Length ? x.Length.CompareTo(y.Length) : Rank(x[common]).CompareTo(Rank(y[common]));
    }

    // Surrogates are parts of code points above all others, and lie below U+E000 in UTF-16.
    private static int Rank(char c) => char.IsSurrogate(c) ? c + char.MaxValue : c;
}
