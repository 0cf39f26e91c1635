using CodRetrieve.Service.Running;

namespace CodRetrieve.Service.Requests;

/// <summary>Looks at studies in a store and at what a destination has of them; fetches indexes and no image. Safe for use by several threads.</summary>
internal sealed class StudyInspection(NamedStores stores, NamedDestinations destinations)
{
    private const int MaxProblems = 100;

    public async Task<DryRunReport> DryRunAsync(NewRequest request, IReadOnlyList<string> studies, int studyCount, CancellationToken cancellationToken)
    {
        var stats = await ReadAsync(request.Store, request.Destination, request.Selection, studies, cancellationToken);
        var problems = ProblemsOf(stats).Take(MaxProblems).ToList();
        return new DryRunReport(
            studyCount, studies.Count, stats.MissingStudies, stats.SeriesTotal, stats.InstancesTotal, stats.InstancesSaved, stats.InstancesNotSelected,
            stats.BytesTotal, stats.BytesTotal - stats.BytesSaved, problems);
    }

    public async Task<StudyDetails> DescribeAsync(StudyRecord study, string store, string destination, SelectionModel? selection, CancellationToken cancellationToken)
    {
        var stats = await ReadAsync(store, destination, selection, [study.StudyInstanceUid], cancellationToken);
        var series = stats.Series.Select(static one => new SeriesRecord(
            one.SeriesInstanceUid, one.Modality, one.InstancesTotal, one.InstancesSaved, one.InstancesNotSelected, one.BytesTotal, one.BytesSaved,
            one.ProblemCause is { } cause ? FailureText.Of(cause).Message : null));
        var problem = stats.MissingStudies.Count > 0 ? "The store has no study of this UID, or the credential may not see it." : ProblemsOf(stats).FirstOrDefault();
        return new StudyDetails(study, [.. series], problem);
    }

    private async Task<DownloadStats> ReadAsync(string store, string destination, SelectionModel? selection, IReadOnlyList<string> studies, CancellationToken cancellationToken)
    {
        try
        {
            await using var open = destinations.Open(destination);
            var job = await stores.Open(store, destination).DownloadAsync(studies, open.Handler, selection?.ToSelection(), cancellationToken);
            return job.Stats!;
        }
        catch (CodRetrieveException e)
        {
            throw new RequestRefusedException(RefusalKind.Upstream, FailureText.Of(e).Message, e);
        }
        catch (ArgumentException e)
        {
            // The request was checked: what is left is the bucket, and its words may hold a path.
            throw new RequestRefusedException(RefusalKind.Upstream, "The store cannot be opened. Check its address in the settings of the service.", e);
        }
        catch (KeyNotFoundException e)
        {
            throw new RequestRefusedException(RefusalKind.Conflict, "The store or the destination of the request is not in the settings of the service any more.", e);
        }
    }

    private static IEnumerable<string> ProblemsOf(DownloadStats stats) => stats.StudyFailures
        .Select(static failure => $"Study {failure.StudyInstanceUid}: {FailureText.Of(failure.Exception).Message}")
        .Concat(stats.Series.Where(static one => one.ProblemCause is not null).Select(static one => $"Series {one.SeriesInstanceUid}: {FailureText.Of(one.ProblemCause!).Message}"));
}
