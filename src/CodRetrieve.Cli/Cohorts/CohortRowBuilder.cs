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
        return (Differing(columns.Study, cells) ?? Differing(series, cells) ?? Differing(instance, cells)) is { } pair
            ? CohortLine.Malformed(line, $"the columns '{columns.NameOf(pair.First)}' and '{columns.NameOf(pair.Second)}' have different UIDs")
            : Build(line, UidOf(columns.Study, cells), UidOf(series, cells), UidOf(instance, cells), Others(columns, cells));
    }

    /// <summary>The row with these UIDs.</summary>
    public CohortLine Build(long line, string? study, string? series = null, string? instance = null, IReadOnlyDictionary<string, string>? others = null)
    {
        var hasUid = study is not null || (scope == CohortScope.All && (series ?? instance) is not null);
        if (hasUid && IsGood(study) && IsGood(series) && IsGood(instance))
        {
            return new CohortLine(new CohortRow(study, series, instance, others ?? ReadOnlyDictionary<string, string>.Empty, line), null);
        }

        var isNumber = CohortUid.IsNumber(study) || CohortUid.IsNumber(series) || CohortUid.IsNumber(instance);
        return new CohortLine(null, new CohortProblem(line, study ?? series ?? instance ?? "", isNumber ? CohortProblemKind.Number : CohortProblemKind.NoUid));
    }

    private static bool IsGood(string? uid) => uid is null || CohortUid.IsValid(uid);

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
