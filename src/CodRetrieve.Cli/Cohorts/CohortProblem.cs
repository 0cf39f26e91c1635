namespace CodRetrieve.Cli.Cohorts;

/// <summary>Why a line of a cohort cannot be used.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Text">What the message says of it; nothing that could identify a patient (<see cref="ShownText"/>).</param>
/// <param name="Kind">What is wrong with it.</param>
internal sealed record CohortProblem(long Line, string Text, CohortProblemKind Kind);
