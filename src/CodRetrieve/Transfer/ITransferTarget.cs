using CodRetrieve.Planning;
using CodRetrieve.Storage;

namespace CodRetrieve.Transfer;

/// <summary>The series whose instances a <see cref="SeriesFetcher"/> fetches: where they go, and who learns what became of them.</summary>
internal interface ITransferTarget : IQueuedSeries, IContentObserver
{
    SeriesInfo Series { get; }

    /// <summary>The series' tar, which every byte must belong to.</summary>
    ObjectInfo Tar { get; }

    /// <summary>Whether the tar may still change under the job: then the series is planned again, once.</summary>
    bool CanPlanAgain { get; }

    /// <summary>Leaves the series for later, if what does not match is most likely being edited: then it is listed again.</summary>
    /// <returns>Whether it is left: nothing more of it is fetched now, and nothing has failed.</returns>
    bool TryAwaitEdit();

    /// <summary>Counts bytes that came over the wire, wanted or not.</summary>
    void AddWireBytes(int bytes);

    /// <summary>Saves an instance, reading its content to the end.</summary>
    /// <returns>A task that ends when the instance is saved and reported.</returns>
    ValueTask SaveAsync(InstanceInfo instance, InstanceContent content, CancellationToken cancellationToken);

    /// <summary>An instance will not be fetched.</summary>
    void Fail(InstanceInfo instance, Exception cause);

    /// <summary>Ends the job, by throwing, when a failure means that nothing more can succeed.</summary>
    /// <exception cref="OperationCanceledException">The job ends.</exception>
    void ThrowIfFatal(Exception cause);
}
