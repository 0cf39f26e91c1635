namespace CodRetrieve.Cli.Cohorts;

/// <summary>One row as it was read: usable, or not.</summary>
internal readonly record struct CohortLine(CohortRow? Row, CohortProblem? Problem)
{
    public static CohortLine Malformed(long line, string why) => new(null, new CohortProblem(line, why, CohortProblemKind.Malformed));

    public static CohortLine WithoutUid(long line, string text) => new(null, new CohortProblem(line, text, CohortProblemKind.NoUid));

    /// <summary>The same, with what its message shows of the line: made only for the few lines that have one.</summary>
    public CohortLine Showing(ReadOnlySpan<char> text) => Problem is { Kind: not CohortProblemKind.Malformed } problem
        ? new CohortLine(null, problem with { Text = text.Trim().ToString() })
        : this;
}
