namespace CodRetrieve.Cli.Cohorts;

/// <summary>
/// The values that the rows of a cohort have in columns of the user's: of an instance those of the row that names it, else of one that names its series or its study. Filled first, and read by
/// several callers at once after that.
/// </summary>
internal sealed class CohortValues
{
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _rows = new(StringComparer.Ordinal);
    private readonly HashSet<string> _columns = new(ColumnName.Comparer);

    /// <summary>The columns that there are.</summary>
    public IReadOnlyCollection<string> Columns => _columns;

    public void Add(CohortRow row)
    {
        if (row.Columns.Count > 0)
        {
            _columns.UnionWith(row.Columns.Keys);
            _rows.TryAdd(row.Instance ?? row.Series ?? row.Study!, row.Columns);
        }
    }

    /// <summary>Whether there is a column of a name.</summary>
    public bool Has(string column) => _columns.Contains(column);

    /// <summary>The value for an instance; <see langword="null"/> where there is none.</summary>
    public string? Find(InstanceInfo instance, string column) =>
        Find(instance.SopInstanceUid, column) ?? Find(instance.Series.SeriesInstanceUid, column) ?? Find(instance.Series.StudyInstanceUid, column);

    private string? Find(string uid, string column) =>
        _rows.TryGetValue(uid, out var row) ? row.FirstOrDefault(one => ColumnName.Comparer.Equals(one.Key, column)).Value : null;
}
