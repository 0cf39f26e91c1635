namespace CodRetrieve.Cli.Output;

/// <summary>
/// What became of many series, in a table that stays short: a row per series while they are few, otherwise a row per study, and of very many
/// studies first those that someone must look at, and one row for all others.
/// </summary>
/// <param name="columns">The names of the columns behind those of study and series, see <see cref="TextTable"/>.</param>
/// <param name="cells">What stands in them for some series together.</param>
/// <param name="isGood">Whether nobody needs to look at these series.</param>
/// <param name="uidsOf">The study and the series.</param>
internal sealed class SummaryTable<T>(string[] columns, Func<IReadOnlyList<T>, string[]> cells, Func<IReadOnlyList<T>, bool> isGood, Func<T, (string Study, string Series)> uidsOf)
{
    private const int MaxRows = 20;

    /// <summary>Writes it for someone who is watching; writes nothing where there is no series.</summary>
    public void Write(TextWriter output, IReadOnlyList<T> all)
    {
        if (all.Count == 0)
        {
            return;
        }

        var studies = all.GroupBy(one => uidsOf(one).Study, StringComparer.Ordinal).Select(study => study.ToList()).ToList();
        var ofSeries = all.Count <= MaxRows;
        var rows = ofSeries ? [.. all.Select(one => new List<T> { one })] : studies;
        var others = new List<T>();
        if (rows.Count > MaxRows)
        {
            rows = [.. rows.OrderBy(row => isGood(row))];
            others.AddRange(rows.Skip(MaxRows).SelectMany(row => row));
            rows.RemoveRange(MaxRows, rows.Count - MaxRows);
        }

        string[] names = !ofSeries ? ["STUDY"] : studies.Count > 1 ? ["STUDY", "SERIES"] : ["SERIES"];
        var table = new TextTable([.. names, .. columns]);
        foreach (var row in rows)
        {
            var (study, series) = uidsOf(row[0]);
            table.Add([.. names.Select(name => UidFormatter.Of(name == "STUDY" ? study : series)), .. cells(row)]);
        }

        if (others.Count > 0)
        {
            table.Add([$"{studies.Count - MaxRows} more", .. cells(others)]);
        }

        table.WriteFramed(output);
    }
}
