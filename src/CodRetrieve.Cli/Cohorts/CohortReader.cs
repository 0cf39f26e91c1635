using System.Runtime.CompilerServices;

namespace CodRetrieve.Cli.Cohorts;

/// <summary>Reads the rows of a cohort in any format, one at a time: what is held of a file does not grow with its length.</summary>
internal static class CohortReader
{
    private const int MaxHeaderLines = 20;

    /// <summary>The rows of a cohort, usable or not. What ends the reading early is the problem of the last.</summary>
    /// <param name="source">The file.</param>
    /// <param name="scope">What is taken of each row.</param>
    /// <param name="wanted">The names of other columns that are wanted.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="UsageException">The file is no list at all.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async IAsyncEnumerable<CohortLine> ReadAsync(
        CohortSource source, CohortScope scope, IReadOnlyCollection<string> wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lines = LinesAsync(source, new CohortRowBuilder(scope), wanted, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var closing = lines.ConfigureAwait(false);
        while (true)
        {
            CohortLine? broken = null;
            try
            {
                if (!await lines.MoveNextAsync().ConfigureAwait(false))
                {
                    break;
                }
            }
            catch (CohortFormatException e)
            {
                broken = CohortLine.Malformed(e.Line, e.Message);
            }

            yield return broken ?? lines.Current;
            if (broken is not null)
            {
                break;
            }
        }
    }

    private static async IAsyncEnumerable<CohortLine> LinesAsync(
        CohortSource source, CohortRowBuilder builder, IReadOnlyCollection<string> wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var start = new byte[FileSignature.Length];
        var length = await source.Rewind().ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        FileSignature.Check(start.AsSpan(0, length), source.Name);
        var stream = source.Rewind();
        if (FileSignature.IsParquet(start.AsSpan(0, length)))
        {
            await foreach (var line in ParquetRows.ReadAsync(stream, builder, wanted, cancellationToken).ConfigureAwait(false))
            {
                yield return line;
            }

            yield break;
        }

        using var text = await CohortText.OpenAsync(stream, cancellationToken).ConfigureAwait(false);
        await foreach (var line in (await RowsOfAsync(text, source.Name, builder, wanted, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false))
        {
            yield return line;
        }
    }

    // The first line with something in it tells the format.
    private static async ValueTask<IAsyncEnumerable<CohortLine>> RowsOfAsync(
        CohortText text, string source, CohortRowBuilder builder, IReadOnlyCollection<string> wanted, CancellationToken cancellationToken)
    {
        if (await text.PeekPastBlanksAsync(cancellationToken).ConfigureAwait(false) == '[')
        {
            return new JsonRows(text, text.LinesRead + 1, "").ReadAsync(builder, wanted, cancellationToken);
        }

        string? first;
        do
        {
            first = await text.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        }
        while (first is "" or ['#', ..] || IsSeparatorOfExcel(first));

        if (first is null)
        {
            return AsyncEnumerable.Empty<CohortLine>();
        }

        if (ManifestRows.IsObjectManifest(first))
        {
            throw ManifestRows.ObjectManifest(source);
        }

        if (JsonRows.IsBegunBy(first))
        {
            return new JsonRows(text, text.LinesRead, first + "\n").ReadAsync(builder, wanted, cancellationToken);
        }

        return first[0] == '{' ? PlainRows.ReadAsync(text, [first], builder, wanted, cancellationToken)
            : ManifestRows.IsSeriesManifest(first) ? ManifestRows.ReadAsync(text, first, builder, cancellationToken)
            : await TableOrLinesAsync(text, first, builder, wanted, cancellationToken).ConfigureAwait(false);
    }

    private static bool IsSeparatorOfExcel(string? line) => line is { Length: 5 } && line.StartsWith("sep=", StringComparison.OrdinalIgnoreCase);

    private static async ValueTask<IAsyncEnumerable<CohortLine>> TableOrLinesAsync(
        CohortText text, string first, CohortRowBuilder builder, IReadOnlyCollection<string> wanted, CancellationToken cancellationToken)
    {
        // Spreadsheets fold the names of columns. A quote that is never closed may also be one of a line.
        var begun = new List<string> { first };
        while (begun.Count < MaxHeaderLines && begun.Sum(line => line.AsSpan().Count('"')) % 2 == 1
            && await text.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } more)
        {
            begun.Add(more);
        }

        return TableRows.FromHeader(string.Join('\n', begun), wanted) is not { } table ? PlainRows.ReadAsync(text, begun, builder, wanted, cancellationToken)
            : builder.Scope == CohortScope.All || table.Columns.Study.Count > 0 ? table.ReadAsync(text, builder, cancellationToken)
            : throw new CohortFormatException(text.LinesRead, "the columns name series or instances, and no studies; give the list by --from");
    }
}
