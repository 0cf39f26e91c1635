using System.Collections.ObjectModel;

namespace CodRetrieve.Cli.Cohorts;

/// <summary>Makes rows of cells, and says what is wrong with them.</summary>
internal sealed class CohortRowBuilder(CohortScope scope)
{
    public CohortScope Scope => scope;

    /// <summary>The row with these cells.</summary>
    /// <param name="line">Its number.</param>
    /// <param name="columns">Which columns hold what.</param>
    /// <param name="cells">The text of each column that is needed; <see langword="null"/> for an empty one.</param>
    public CohortLine Build(long line, CohortColumns columns, IReadOnlyList<string?> cells)
    {
        IReadOnlyList<int> series = scope == CohortScope.All ? columns.Series : [];
        IReadOnlyList<int> instance = scope == CohortScope.All ? columns.Instance : [];
        if ((Differing(columns.Study, cells) ?? Differing(series, cells) ?? Differing(instance, cells)) is { } pair)
        {
            return CohortLine.Malformed(line, $"the columns '{columns.NameOf(pair.First)}' and '{columns.NameOf(pair.Second)}' have different UIDs");
        }

        foreach (var column in columns.Study.Concat(series).Concat(instance))
        {
            if (cells[column] is { } text && !CohortUid.IsValid(text))
            {
                return Bad(line, text, ShownText.OfCell(text), $"no UID in the column '{columns.NameOf(column)}'");
            }
        }

        return RowOf(line, UidOf(columns.Study, cells), UidOf(series, cells), UidOf(instance, cells), Others(columns, cells)) ?? CohortLine.WithoutUid(line, "no UID in its row");
    }

    /// <summary>The row of a line that is a UID, of a study or else of a series.</summary>
    public CohortLine Build(long line, string? study, string? series = null) =>
        (study ?? series) is { } text && !CohortUid.IsValid(text) ? Bad(line, text, ShownText.OfLine(text), "no UID in its line")
            : RowOf(line, study, series, null, null) ?? CohortLine.WithoutUid(line, "no UID in its line");

    private static CohortLine Bad(long line, string text, string? shown, string what) =>
        shown is null ? CohortLine.WithoutUid(line, what)
        : CohortUid.IsNumber(text) ? CohortLine.WithNumber(line, shown)
        : CohortLine.WithoutUid(line, shown);

    private CohortLine? RowOf(long line, string? study, string? series, string? instance, IReadOnlyDictionary<string, string>? others) =>
        study is not null || (scope == CohortScope.All && (series ?? instance) is not null)
            ? new CohortLine(new CohortRow(study, series, instance, others ?? ReadOnlyDictionary<string, string>.Empty, line), null)
            : null;

    // Where a table has a UID under two names, both give the same, or nobody knows which is meant.
    private static (int First, int Second)? Differing(IReadOnlyList<int> columns, IReadOnlyList<string?> cells)
    {
        for (int i = 1, first = columns.Count > 0 ? columns[0] : 0; i < columns.Count; i++)
        {
            if (cells[first] is not { } known)
            {
                first = columns[i];
            }
            else if (cells[columns[i]] is { } value && value != known)
            {
                return (first, columns[i]);
            }
        }

        return null;
    }

    private static string? UidOf(IReadOnlyList<int> columns, IReadOnlyList<string?> cells)
    {
        foreach (var column in columns)
        {
            if (cells[column] is { } uid)
            {
                return uid;
            }
        }

        return null;
    }

    private static Dictionary<string, string>? Others(CohortColumns columns, IReadOnlyList<string?> cells)
    {
        if (columns.Others.Count == 0)
        {
            return null;
        }

        var values = new Dictionary<string, string>(columns.Others.Count, ColumnName.Comparer);
        foreach (var column in columns.Others)
        {
            if (cells[column] is { } value)
            {
                values[columns.NameOf(column)] = value;
            }
        }

        return values;
    }
}
