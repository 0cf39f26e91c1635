namespace CodRetrieve.Cli.Cohorts;

/// <summary>What is wrong with a line of a cohort.</summary>
internal enum CohortProblemKind
{
    /// <summary>It has no UID, or something else in its place.</summary>
    NoUid,

    /// <summary>A spreadsheet took a UID for a number.</summary>
    Number,

    /// <summary>It is not what the format wants.</summary>
    Malformed,
}
