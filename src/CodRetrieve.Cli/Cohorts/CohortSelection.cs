namespace CodRetrieve.Cli.Cohorts;

/// <summary>What a cohort asks for, each once.</summary>
/// <param name="Studies">The studies that rows name, in their order.</param>
/// <param name="WholeStudies">Those of them that a row names without a series or instance: all of them is asked for.</param>
/// <param name="Series">The series that rows name without an instance.</param>
/// <param name="Instances">The instances that rows name.</param>
internal sealed record CohortSelection(IReadOnlyList<string> Studies, IReadOnlySet<string> WholeStudies, IReadOnlySet<string> Series, IReadOnlySet<string> Instances);
