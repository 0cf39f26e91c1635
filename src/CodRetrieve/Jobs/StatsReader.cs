using CodRetrieve.Catalog;
using CodRetrieve.Planning;
using CodRetrieve.Saving;

namespace CodRetrieve.Jobs;

/// <summary>Surveys studies without fetching anything of them.</summary>
internal sealed class StatsReader(CodCatalog catalog, ISaveHandler? destination)
{
    private const int StudiesAtOnce = 4;
    private const int SeriesAtOnce = 4;

    public async Task<DownloadStats> ReadAsync(IReadOnlyList<string> studies, CancellationToken cancellationToken)
    {
        var byStudy = new StudyStats[studies.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, studies.Count),
            Options(StudiesAtOnce, cancellationToken),
            async (i, ct) => byStudy[i] = await ReadStudyAsync(studies[i], ct).ConfigureAwait(false)).ConfigureAwait(false);
        return new DownloadStats(
            [.. byStudy.SelectMany(study => study.Series)],
            [.. studies.Where((_, i) => byStudy[i].IsMissing)],
            [.. byStudy.SelectMany(study => study.Failures)]);
    }

    private async Task<StudyStats> ReadStudyAsync(string study, CancellationToken cancellationToken)
    {
        try
        {
            var listing = await catalog.ListStudyAsync(study, cancellationToken).ConfigureAwait(false);
            var series = new SeriesStats[listing.Series.Count];
            await Parallel.ForEachAsync(
                Enumerable.Range(0, series.Length),
                Options(SeriesAtOnce, cancellationToken),
                async (i, ct) => series[i] = await ReadSeriesAsync(listing.Series[i], ct).ConfigureAwait(false)).ConfigureAwait(false);
            return new StudyStats(series, [.. listing.Problems.Select(problem => Failure(study, problem))], !listing.Exists);
        }
        catch (CodRetrieveException e) when (CodCatalog.ConcernsOneStudy(e))
        {
            return new StudyStats([], [Failure(study, e)], IsMissing: false);
        }
    }

    private async Task<SeriesStats> ReadSeriesAsync(SeriesListing listing, CancellationToken cancellationToken)
    {
        var content = await catalog.ReadSeriesAsync(listing, cancellationToken).ConfigureAwait(false);
        if (destination is null || content.Index is null)
        {
            return new SeriesStats(SeriesDelta.Create(content, static _ => false));
        }

        var saved = await destination.FindSavedAsync(content.Series, cancellationToken).ConfigureAwait(false);
        return new SeriesStats(SeriesDelta.Create(content, instance => saved.Contains(instance.SopInstanceUid)));
    }

    private RetrievalFailure Failure(string study, Exception cause) => RetrievalFailure.OfStudy(catalog.GetUri(study), study, cause);

    private static ParallelOptions Options(int atOnce, CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken };

    private sealed record StudyStats(IReadOnlyList<SeriesStats> Series, IReadOnlyList<RetrievalFailure> Failures, bool IsMissing);
}
