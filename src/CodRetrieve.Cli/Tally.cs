namespace CodRetrieve.Cli;

/// <summary>
/// What a job has done, counted by its events: the result of a job that was stopped or cancelled lacks the series it was in the middle of.
/// </summary>
internal sealed class Tally
{
    private readonly List<RetrievalFailure> _failures = [];

    public int InstancesSaved { get; private set; }

    public int InstancesUnverified { get; private set; }

    public long BytesSaved { get; private set; }

    /// <summary>What failed; not what stopped the job as a whole.</summary>
    public IReadOnlyList<RetrievalFailure> Failures => _failures;

    /// <summary><see langword="null"/> until the job has ended.</summary>
    public JobResult? Result { get; private set; }

    public void Follow(Job job)
    {
        job.Saved += (_, args) =>
        {
            InstancesSaved++;
            InstancesUnverified += args.IsVerified ? 0 : 1;
            BytesSaved += args.Saved.SizeBytes;
        };
        job.Error += (_, args) =>
        {
            if (args.Failure.StudyInstanceUid is not null)
            {
                _failures.Add(args.Failure);
            }
        };
        job.Completed += (_, args) => Result = args.Result;
    }
}
