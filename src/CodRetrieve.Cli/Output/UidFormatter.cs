namespace CodRetrieve.Cli.Output;

/// <summary>The end of a UID, which tells those of one study apart and leaves room on the line.</summary>
internal static class UidFormatter
{
    public const int Length = 12;

    public static string Of(string uid) => uid.Length <= Length ? uid : "…" + uid[^(Length - 1)..];
}
