using System.Runtime.CompilerServices;

namespace CodRetrieve.Cli.Cohorts;

/// <summary>A cohort whose file was read to its end and found to be good. Not thread safe: one enumeration at a time.</summary>
internal sealed class Cohort : IAsyncDisposable
{
    private readonly CohortSource _source;
    private readonly CohortScope _scope;
    private readonly IReadOnlyCollection<string> _columns;

    private Cohort(CohortSource source, CohortScope scope, IReadOnlyCollection<string> columns) => (_source, _scope, _columns) = (source, scope, columns);

    /// <summary>What messages call the file.</summary>
    public string Name => _source.Name;

    /// <summary>How many rows it has, repeated ones included.</summary>
    public long RowCount { get; private set; }

    /// <summary>Whether a row names a series.</summary>
    public bool HasSeries { get; private set; }

    /// <summary>Whether a row names an instance.</summary>
    public bool HasInstances { get; private set; }

    /// <summary>Whether a row names a series or an instance, and no study.</summary>
    public bool HasRowsWithoutStudy { get; private set; }

    /// <summary>Opens a cohort, and reads all of it once.</summary>
    /// <param name="path">The file, or <c>-</c> for standard input.</param>
    /// <param name="input">Opens standard input.</param>
    /// <param name="scope">What is taken of each row.</param>
    /// <param name="columns">The names of other columns that are wanted.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="UsageException">It cannot be read, or lines of it cannot be used.</exception>
    public static async Task<Cohort> OpenAsync(string path, Func<Stream> input, CohortScope scope, IReadOnlyCollection<string> columns, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(await CohortSource.OpenAsync(path, input, cancellationToken).ConfigureAwait(false), scope, columns, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            var cause = e is ArgumentException argument ? UsageException.From(argument).Message : e.Message;
            throw new UsageException($"The list of studies '{path}' cannot be read: {cause}", e);
        }
    }

    /// <summary>Reads all of a cohort once. The source is the cohort's from here on, and disposed where it is not good.</summary>
    /// <exception cref="UsageException">Lines of it cannot be used.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<Cohort> OpenAsync(CohortSource source, CohortScope scope, IReadOnlyCollection<string> columns, CancellationToken cancellationToken)
    {
        var cohort = new Cohort(source, scope, columns);
        try
        {
            await cohort.ValidateAsync(cancellationToken).ConfigureAwait(false);
            return cohort;
        }
        catch
        {
            await cohort.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>The rows, in their order, each combination of study, series and instance once.</summary>
    /// <exception cref="UsageException">The file was changed since it was opened.</exception>
    /// <exception cref="IOException">It cannot be read any more.</exception>
    public async IAsyncEnumerable<CohortRow> RowsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var seen = new TripleSet();
        await foreach (var line in CohortReader.ReadAsync(_source, _scope, _columns, cancellationToken).ConfigureAwait(false))
        {
            if (line.Row is not { } row)
            {
                throw new UsageException($"The list '{Name}' was changed while it was read. Run the command again when it is complete.");
            }

            if (seen.Add(row))
            {
                yield return row;
            }
        }
    }

    /// <summary>What the rows ask for, in memory.</summary>
    /// <exception cref="UsageException">The file was changed since it was opened.</exception>
    /// <exception cref="IOException">It cannot be read any more.</exception>
    public async Task<CohortSelection> SelectAsync(CancellationToken cancellationToken)
    {
        var (studies, known, whole) = (new List<string>(), new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var (series, instances) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        await foreach (var row in RowsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (row.Study is { } study && known.Add(study))
            {
                studies.Add(study);
            }

            _ = row.Instance is { } instance ? instances.Add(instance) : row.Series is { } one ? series.Add(one) : whole.Add(row.Study!);
        }

        return new CohortSelection(studies, whole, series, instances);
    }

    private async Task ValidateAsync(CancellationToken cancellationToken)
    {
        var problems = new CohortProblems(Name, _scope);
        await foreach (var line in CohortReader.ReadAsync(_source, _scope, _columns, cancellationToken).ConfigureAwait(false))
        {
            if (line.Problem is { } problem)
            {
                problems.Add(problem);
            }
            else if (line.Row is { } row)
            {
                RowCount++;
                HasSeries |= row.Series is not null;
                HasInstances |= row.Instance is not null;
                HasRowsWithoutStudy |= row.Study is null;
            }
        }

        problems.ThrowIfAny();
    }
}
