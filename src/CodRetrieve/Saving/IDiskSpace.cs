namespace CodRetrieve.Saving;

/// <summary>A save handler that knows how much space is left for what is still to be saved.</summary>
internal interface IDiskSpace
{
    /// <summary>The bytes that are free; <see langword="null"/> where they are not known or not to be checked.</summary>
    long? FreeBytes();

    /// <summary>
    /// The bytes that an earlier run left of a study and that are written once more when it is complete: those of its zip, which stays until
    /// the new one is whole.
    /// </summary>
    long BytesCarriedOver(string studyInstanceUid);

    /// <summary>Compares the space needed with the space free.</summary>
    /// <param name="freeBytes">What <see cref="FreeBytes"/> returned.</param>
    /// <param name="bytesToSave">The bytes of instances that are still to be saved, as far as is known.</param>
    /// <param name="bytesCarriedOver">The sum of <see cref="BytesCarriedOver"/> of the studies that are not complete.</param>
    /// <exception cref="DestinationException">There is less than that.</exception>
    void ThrowIfTooSmall(long freeBytes, long bytesToSave, long bytesCarriedOver);
}
