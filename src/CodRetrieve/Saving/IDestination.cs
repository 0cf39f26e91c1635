namespace CodRetrieve.Saving;

/// <summary>A built-in save handler with its life in a job: opened before the first call, disposed after the last.</summary>
/// <remarks><see cref="ISaveHandler.FindSavedAsync"/> also works on one that is not open; it then changes nothing and takes no lock.</remarks>
internal interface IDestination : ISaveHandler, IAsyncDisposable
{
    /// <summary>Takes the directory's lock, sweeps what a dead run left, and opens the log.</summary>
    /// <param name="studyInstanceUids">The studies of this run.</param>
    /// <param name="cancellationToken">Ends the opening; nothing stays locked.</param>
    /// <returns>A task that ends when instances can be saved.</returns>
    /// <exception cref="DestinationException">The directory is in use, full or cannot be written.</exception>
    /// <exception cref="InvalidOperationException">It is open already.</exception>
    ValueTask OpenAsync(IReadOnlyCollection<string> studyInstanceUids, CancellationToken cancellationToken);

    /// <summary>The bytes that are free; <see langword="null"/> where they are not known or not to be looked at.</summary>
    long? FreeBytes();

    /// <summary>
    /// The bytes that an earlier run left of a study and that are written once more when it is complete: those of its zip, which stays until
    /// the new one is whole.
    /// </summary>
    long BytesCarriedOver(string studyInstanceUid);

    /// <summary>Compares the space needed with the space free.</summary>
    /// <param name="freeBytes">What <see cref="FreeBytes"/> told.</param>
    /// <param name="bytesToSave">The bytes of instances that are still to be saved, as far as is known.</param>
    /// <param name="bytesWaiting">The bytes that are written already and belong to studies that are not complete, those carried over included.</param>
    /// <exception cref="DestinationException">There is less than that.</exception>
    void ThrowIfNoRoom(long freeBytes, long bytesToSave, long bytesWaiting);
}
