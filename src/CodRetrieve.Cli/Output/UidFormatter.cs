namespace CodRetrieve.Cli.Output;

/// <summary>The end of a UID, which distinguishes those of one study and leaves space on the line.</summary>
internal static class UidFormatter
{
    public const int Length = 12;

    public static string Of(string uid) => uid.Length <= Length ? uid : "…" + uid[^(Length - 1)..];
}
