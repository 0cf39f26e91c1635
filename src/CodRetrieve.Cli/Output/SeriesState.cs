namespace CodRetrieve.Cli.Output;

/// <summary>One word for how far a series is.</summary>
internal static class SeriesState
{
    /// <returns><c>saved</c>, <c>partial</c>, <c>new</c>, or the name of the problem that keeps it from being retrieved.</returns>
    public static string Of(SeriesStats series) =>
        series.Problem != SeriesProblem.None ? Json.NameOf(series.Problem)
        : series.IsSaved ? "saved"
        : series.InstancesSaved > 0 ? "partial"
        : "new";

    /// <summary>What of a series cannot be retrieved.</summary>
    public static IEnumerable<string> ErrorsOf(SeriesStats series) => series.ProblemCause is { } cause
        ? series.EntryProblems.Prepend(cause.Message)
        : series.EntryProblems;
}
