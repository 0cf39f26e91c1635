namespace CodRetrieve.Cli.Input;

/// <summary>What the Study Instance UID is called in tables and in JSON.</summary>
internal static class StudyColumn
{
    private static readonly string[] Names = ["studyinstanceuid", "studyuid", "0020000d", "study"];

    /// <summary>Whether that is a name of it, whatever its case, and with blanks, underscores and hyphens or without.</summary>
    public static bool Is(string name) =>
        Names.Contains(string.Concat(name.Where(c => c is not (' ' or '_' or '-' or '(' or ')' or ','))).ToLowerInvariant(), StringComparer.Ordinal);
}
