namespace CodRetrieve.Verification;

/// <summary>What verifying found.</summary>
public enum VerificationIssueKind
{
    /// <summary>An instance that the index lists is not there.</summary>
    Missing,

    /// <summary>An instance is there with another size than the index gives.</summary>
    WrongSize,

    /// <summary>An instance has the right size, and its bytes have another CRC32C than the index gives.</summary>
    Corrupt,

    /// <summary>An instance, or the zip or folder of a study, cannot be read: a fault of the device, missing permissions, a damaged zip.</summary>
    Unreadable,

    /// <summary>
    /// Instances of a study are saved in a zip that is not finished: a job ended before it was.
    /// </summary>
    Unfinished,

    /// <summary>A file, or an entry of a zip, that is none of the instances that the index lists.</summary>
    Unknown,

    /// <summary>
    /// An instance that was saved from the store, and that the store no longer lists. <see cref="CodDownload.PruneAsync"/> deletes it, and nothing else does.
    /// </summary>
    Unlisted,

    /// <summary>The index gives no CRC32C for the instance: its size is right, and nothing more can be said. No fault.</summary>
    Unverifiable,

    /// <summary>
    /// An instance was made by a transform from other bytes than the store lists now, by another transform than <see cref="CodDownloadOptions.Transform"/>, or by none though there is one; or nothing tells what it was
    /// made of.
    /// </summary>
    Outdated,
}
