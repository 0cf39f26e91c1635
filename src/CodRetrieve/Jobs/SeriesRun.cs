using CodRetrieve.Planning;
using CodRetrieve.Saving;
using CodRetrieve.Storage;
using CodRetrieve.Transfer;

namespace CodRetrieve.Jobs;

/// <summary>
/// One series on its way through a job: what is wanted of it, what is left to do, and what came of it. A series whose tar changes under the job
/// starts over as a new run, which knows what the job has saved of it; the failures of the abandoned one do not count.
/// </summary>
internal sealed class SeriesRun : ITransferTarget
{
    private readonly JobContext _job;

    /// <param name="job">The job.</param>
    /// <param name="study">The series' study.</param>
    /// <param name="delta">What is wanted of the series.</param>
    /// <param name="abandoned">The run before the tar changed; <see langword="null"/> for the first run.</param>
    public SeriesRun(JobContext job, StudyRun study, SeriesDelta delta, SeriesRun? abandoned = null)
    {
        _job = job;
        Study = study;
        Delta = delta;
        CanPlanAgain = abandoned is null || abandoned.IsAwaitingEdit;
        EditNoticed = abandoned?.EditNoticed;
        Ledger = abandoned?.Ledger ?? new SeriesLedger();
        Work = new SeriesWork(delta);
        var progress = abandoned?.Tally.Progress ?? new SeriesProgress(delta.Series, delta.BytesWanted);
        if (abandoned is not null)
        {
            progress.WantMore(delta.BytesWanted);
        }

        Tally = new SeriesTally(delta, progress, Ledger.Retain(delta.Series, delta.Content.Listing.Tar?.Generation));
    }

    public StudyRun Study { get; }

    public SeriesDelta Delta { get; }

    public SeriesInfo Series => Delta.Series;

    public ObjectInfo Tar => Delta.Content.Listing.Tar!;

    public SeriesWork Work { get; }

    public bool IsPrefetched => _job.Prefetch.Has(Delta.Content.Listing);

    /// <summary>The bytes of memory that the series' records take.</summary>
    public long RecordBytes => ReadAhead.BytesOf(Series);

    public SeriesTally Tally { get; }

    /// <summary>What this job has saved of the series, by all of its runs.</summary>
    public SeriesLedger Ledger { get; }

    public bool CanPlanAgain { get; }

    /// <summary>When it was first noticed that the series is being edited, by the job's clock; <see langword="null"/> where it never was.</summary>
    public long? EditNoticed { get; private set; }

    /// <summary>Whether the series waits to be listed again, since it is being edited.</summary>
    public bool IsAwaitingEdit { get; private set; }

    private bool HasYoungLock => Delta.Content.Listing.HasYoungLock(_job.Options.TimeProvider.GetUtcNow());

    /// <summary>
    /// The bytes that saving the rest will still take from the device: those of instances neither saved nor being written, which have taken
    /// theirs already.
    /// </summary>
    public long BytesToSave => Work.IsAbandoned ? 0 : Math.Max(0, Work.BytesToSave - Tally.BytesTaken);

    public void AddWireBytes(int bytes) => _job.Tally.AddWireBytes(bytes);

    public void Received(InstanceInfo instance, int count, long bytesSoFar)
    {
        // What an earlier attempt brought has been counted.
        var counted = Math.Max(Work.BytesCounted(instance), bytesSoFar - count);
        if (bytesSoFar > counted)
        {
            Tally.Progress.Add(bytesSoFar - counted);
            _job.Events.AddProgress(Tally.Progress);
        }
    }

    public async ValueTask ArrivedAsync(InstanceInfo instance)
    {
        if (Work.LastMismatch(instance) is null && Tally.AddArrived() && Tally.Progress.BytesTotal > 0)
        {
            await _job.Events.AddLastProgressAsync(Tally.Progress).ConfigureAwait(false);
            await _job.Events.AddAsync(new SeriesDownloadedEventArgs(Series) { Bytes = Tally.Progress.BytesTotal }).ConfigureAwait(false);
        }
    }

    public async ValueTask VerifiedAsync(InstanceInfo instance)
    {
        if (Tally.AddVerified() && Tally.Progress.BytesTotal > 0)
        {
            await _job.Events.AddAsync(new SeriesExtractedEventArgs(Series) { InstanceCount = Tally.InstancesWanted }).ConfigureAwait(false);
        }
    }

    public async ValueTask SaveAsync(InstanceInfo instance, InstanceContent content, CancellationToken cancellationToken)
    {
        var bytes = Work.BytesInTar(instance);
        Tally.AddWriting(bytes);
        try
        {
            var location = await _job.Handler.SaveAsync(instance, content, cancellationToken).ConfigureAwait(false);
            if (!content.IsWhole)
            {
                // A handler that swallowed what reading threw, or stopped reading, has not saved anything.
                throw content.Failure ?? new InvalidOperationException("The save handler returned before it had read the content to its end.");
            }

            if (location is null)
            {
                throw new InvalidOperationException("The save handler returned null for the location of an instance.");
            }

            Ledger.Add(instance, Tar.Generation, content.SizeBytes, Delta.IsUpdate(instance));
            Tally.AddSaved(instance, content.SizeBytes);
            await _job.Events.AddAsync(new InstanceSavedEventArgs(ToResult(instance, location, content.SizeBytes))).ConfigureAwait(false);
        }
        finally
        {
            Tally.AddWriting(-bytes);
        }
    }

    private InstanceResult ToResult(InstanceInfo instance, string location, long sizeBytes) =>
        InnermostHandler.Of(_job.Handler) is DirectorySaveHandler handler && handler.FindTransformed(instance) is { } made
            ? new InstanceResult(instance, location, made.SizeBytes, made.Crc32c, made.Transform)
            : new InstanceResult(instance, location, sizeBytes, instance.Crc32c, null);

    public bool TryAwaitEdit()
    {
        var time = _job.Options.TimeProvider;
        if (!HasYoungLock)
        {
            return false;
        }

        EditNoticed ??= time.GetTimestamp();
        if (time.GetElapsedTime(EditNoticed.Value) >= _job.Options.EditWaitTimeout)
        {
            return false;
        }

        IsAwaitingEdit = true;
        Work.Abandon();
        return true;
    }

    public void Fail(InstanceInfo instance, Exception cause)
    {
        var isEdit = cause is InstanceIntegrityException or CodFormatException && HasYoungLock;
        Tally.AddFailure(RetrievalFailure.Of(instance, isEdit ? new SeriesBeingEditedException(Series.TarUri, cause) : cause));
    }

    public void ThrowIfFatal(Exception cause) => _job.ThrowIfFatal(cause);
}
