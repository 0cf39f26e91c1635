namespace CodRetrieve.Verification;

/// <summary>What verifying found of one series. Immutable.</summary>
public sealed class SeriesVerification
{
    internal SeriesVerification(SeriesInfo series) => (StudyInstanceUid, SeriesInstanceUid, TarUri) = (series.StudyInstanceUid, series.SeriesInstanceUid, series.TarUri);

    /// <summary>Gets the Study Instance UID.</summary>
    public string StudyInstanceUid { get; }

    /// <summary>Gets the Series Instance UID.</summary>
    public string SeriesInstanceUid { get; }

    /// <summary>Gets the URI of the series' tar, of which nothing was read.</summary>
    public string TarUri { get; }

    /// <summary>Gets the number of instances that the index lists.</summary>
    public required int InstancesTotal { get; init; }

    /// <summary>Gets the number of those that have the size and the CRC32C of the index, or, where a transform made them of what the index lists, of their receipts.</summary>
    public required int InstancesVerified { get; init; }

    /// <summary>Gets the bytes of <see cref="InstancesVerified"/>.</summary>
    public required long BytesVerified { get; init; }

    /// <summary>Gets the bytes that were read back, those of corrupt instances included.</summary>
    public required long BytesRead { get; init; }

    /// <summary>Gets what was found, in the order of the index, and unknown files behind that.</summary>
    public required IReadOnlyList<VerificationIssue> Issues { get; init; }

    /// <summary>Gets what of the series could not be verified: its index, or single entries of it.</summary>
    public required IReadOnlyList<RetrievalFailure> Failures { get; init; }
}
