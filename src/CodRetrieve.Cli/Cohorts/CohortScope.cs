namespace CodRetrieve.Cli.Cohorts;

/// <summary>What is taken of the rows of a cohort.</summary>
internal enum CohortScope
{
    /// <summary>Studies, series and instances.</summary>
    All,

    /// <summary>Studies; what a row says of series and instances is passed over.</summary>
    Studies,
}
