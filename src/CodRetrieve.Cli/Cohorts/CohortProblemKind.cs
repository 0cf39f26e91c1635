namespace CodRetrieve.Cli.Cohorts;

/// <summary>What is wrong with a line of a cohort.</summary>
internal enum CohortProblemKind
{
    /// <summary>The text of the line has no UID, or something else in its place.</summary>
    NoUid,

    /// <summary>A spreadsheet took a UID in the text of the line for a number.</summary>
    Number,

    /// <summary>The line is not what the format wants; the text says why.</summary>
    Malformed,
}
