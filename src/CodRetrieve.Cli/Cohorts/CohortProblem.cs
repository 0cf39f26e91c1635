namespace CodRetrieve.Cli.Cohorts;

/// <summary>Why a line of a cohort cannot be used.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Text">What is in it, or what is wrong with it.</param>
/// <param name="Kind">Which of the two the text is, and more.</param>
internal sealed record CohortProblem(long Line, string Text, CohortProblemKind Kind);
