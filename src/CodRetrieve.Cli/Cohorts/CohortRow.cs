namespace CodRetrieve.Cli.Cohorts;

/// <summary>What one row of a cohort asks for: a study, a series or an instance, by as many UIDs as the row has.</summary>
/// <param name="Study">The Study Instance UID.</param>
/// <param name="Series">The Series Instance UID.</param>
/// <param name="Instance">The SOP Instance UID.</param>
/// <param name="Columns">The values of other columns that were asked for, by the names that they have in the file; looked up as <see cref="ColumnName.Comparer"/> compares.</param>
/// <param name="Line">The line in which the row begins, from 1; of Parquet the number of the row.</param>
internal sealed record CohortRow(string? Study, string? Series, string? Instance, IReadOnlyDictionary<string, string> Columns, long Line);
