namespace CodRetrieve.Cli.Cohorts;

/// <summary>Names of columns as people write them: in any case, with or without spaces, underscores and hyphens.</summary>
internal static class ColumnName
{
    /// <summary>Takes names for the same that differ only in that.</summary>
    public static IEqualityComparer<string> Comparer { get; } = new NameComparer();

    /// <summary>The name in small letters, without what does not count: <c>(0020,000D)</c> is <c>0020000d</c>.</summary>
    public static string Key(string name) =>
        string.Concat(name.Where(c => !char.IsWhiteSpace(c) && c is not ('_' or '-' or '(' or ')' or ',' or '"' or '\''))).ToLowerInvariant();

    private sealed class NameComparer : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => x == y || (x is not null && y is not null && Key(x) == Key(y));

        public int GetHashCode(string name) => Key(name).GetHashCode(StringComparison.Ordinal);
    }
}
