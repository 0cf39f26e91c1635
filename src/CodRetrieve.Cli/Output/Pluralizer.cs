namespace CodRetrieve.Cli.Output;

/// <summary>Numbers of things for people.</summary>
internal static class Pluralizer
{
    /// <returns>For example <c>1 instance</c> or <c>2 instances</c>.</returns>
    public static string Of(int count, string noun) => count == 1 || noun == "series" ? $"{count} {noun}" : $"{count} {Plural(noun)}";

    private static string Plural(string noun) => noun.EndsWith('y') ? noun[..^1] + "ies" : noun + "s";
}
