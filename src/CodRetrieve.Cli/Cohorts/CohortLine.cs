namespace CodRetrieve.Cli.Cohorts;

/// <summary>One row as it was read: usable, or not.</summary>
internal readonly record struct CohortLine(CohortRow? Row, CohortProblem? Problem)
{
    public static CohortLine Malformed(long line, string why) => new(null, new CohortProblem(line, why, CohortProblemKind.Malformed));

    public static CohortLine WithoutUid(long line, string why) => new(null, new CohortProblem(line, why, CohortProblemKind.NoUid));

    public static CohortLine WithNumber(long line, string shown) => new(null, new CohortProblem(line, shown, CohortProblemKind.Number));
}
