namespace CodRetrieve.Cli.Cohorts;

/// <summary>Which columns of a table, or properties of an object, hold the UIDs, and which others are wanted.</summary>
internal sealed class CohortColumns
{
    private static readonly string[] StudyNames = ["studyinstanceuid", "studyuid", "0020000d"];
    private static readonly string[] SeriesNames = ["seriesinstanceuid", "seriesuid", "0020000e"];
    private static readonly string[] InstanceNames = ["sopinstanceuid", "sopuid", "instanceuid", "00080018"];

    private readonly IReadOnlyList<string> _names;

    private CohortColumns(IReadOnlyList<string> names, int[] study, int[] series, int[] instance, int[] others) =>
        (_names, Study, Series, Instance, Others) = (names, study, series, instance, others);

    /// <summary>The columns with the Study Instance UID: more than one where the file has it under several names.</summary>
    public IReadOnlyList<int> Study { get; }

    public IReadOnlyList<int> Series { get; }

    public IReadOnlyList<int> Instance { get; }

    /// <summary>All columns with UIDs.</summary>
    public IEnumerable<int> Uids => Study.Concat(Series).Concat(Instance);

    /// <summary>The other columns that are wanted.</summary>
    public IReadOnlyList<int> Others { get; }

    /// <summary>Whether there is a column with UIDs.</summary>
    public bool Any => Uids.Any();

    /// <summary>Finds the columns by their names.</summary>
    /// <param name="names">The names in the file, in its order.</param>
    /// <param name="wanted">The names of other columns that the caller wants.</param>
    public static CohortColumns Of(IReadOnlyList<string> names, IReadOnlyCollection<string> wanted)
    {
        var keys = names.Select(ColumnName.Key).ToArray();

        // A column "study" may also be a description, so the full names come first. "series" and "instance" alone are often numbers: they count
        // where all three are named so, as in the tables that --report writes.
        var isReport = keys.Contains("study") && keys.Contains("series") && keys.Contains("instance");
        var study = With(keys, StudyNames) is { Length: > 0 } full ? full : With(keys, ["study"]);
        var series = With(keys, isReport ? [.. SeriesNames, "series"] : SeriesNames);
        var instance = With(keys, isReport ? [.. InstanceNames, "instance"] : InstanceNames);
        var others = wanted.Select(name => Array.IndexOf(keys, ColumnName.Key(name))).Where(i => i >= 0).Distinct().ToArray();
        return new CohortColumns(names, study, series, instance, others);
    }

    public string NameOf(int column) => _names[column];

    private static int[] With(string[] keys, string[] names) =>
        [.. Enumerable.Range(0, keys.Length).Where(i => names.Contains(keys[i], StringComparer.Ordinal))];
}
