namespace CodRetrieve.Saving;

/// <summary>The optional second half of a save handler: it learns when a job begins and ends, and may leave a study to another job.</summary>
/// <remarks>
/// A job calls <see cref="OpenAsync"/> before anything else, <see cref="TryBeginStudyAsync"/> before the first
/// <see cref="ISaveHandler.FindSavedAsync"/> of a study, <see cref="ISaveHandler.CompleteStudyAsync"/> when nothing of the study is left to save, and
/// <see cref="CloseAsync"/> last, also when it was stopped or cancelled. Different studies are begun and completed at the same time.
/// Statistics call only <see cref="ISaveHandler.FindSavedAsync"/>, on a handler that is not open.
/// </remarks>
public interface ISaveHandlerLifecycle
{
    /// <summary>Called once when a job begins.</summary>
    /// <param name="cancellationToken">Ends the job. When this throws, the job ends and <see cref="CloseAsync"/> is not called.</param>
    /// <returns>A task that ends when studies can be begun.</returns>
    /// <exception cref="DestinationException">No instance can be saved.</exception>
    ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>Called before the first <see cref="ISaveHandler.FindSavedAsync"/> of a study.</summary>
    /// <param name="studyInstanceUid">The study.</param>
    /// <param name="cancellationToken">Ends the job.</param>
    /// <returns>
    /// <see langword="true"/> if the study is now this job's until <see cref="ISaveHandler.CompleteStudyAsync"/>; <see langword="false"/> if another job has it:
    /// this one tries again later.
    /// </returns>
    ValueTask<bool> TryBeginStudyAsync(string studyInstanceUid, CancellationToken cancellationToken);

    /// <summary>Called once when the job has ended, however it ended: releases the studies that were begun and not completed.</summary>
    /// <returns>A task that ends when everything is released.</returns>
    ValueTask CloseAsync();
}
