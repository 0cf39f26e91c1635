namespace CodRetrieve.Dimse;

/// <summary>The Storage Commitment Push Model (DICOM PS3.4, annex J).</summary>
internal static class StorageCommitmentModel
{
    /// <summary>The well-known instance to which actions and reports refer.</summary>
    public const string SopInstanceUid = "1.2.840.10008.1.20.1.1";

    /// <summary>Request Storage Commitment (table J.3-1).</summary>
    public const ushort RequestActionTypeId = 1;

    /// <summary>The report that something is not committed (table J.3-2).</summary>
    public const ushort FailuresExistEventTypeId = 2;

    /// <summary>A Failure Reason (0008,1197) in words, with its number (DICOM PS3.3, section C.14.1.1).</summary>
    public static string Describe(int reason) => $"{Words(reason)} ({reason:X4}H)";

    /// <summary>Whether the same may be committed later: archives that index or move instances in the background report these until they are done.</summary>
    public static bool MayPass(int reason) => reason is 0x0110 or 0x0112 or 0x0213;

    private static string Words(int reason) => reason switch
    {
        0x0110 => "processing failure",
        0x0112 => "no such object instance",
        0x0119 => "the SOP class is not that of the instance",
        0x0122 => "SOP class not supported",
        0x0131 => "duplicate transaction UID",
        0x0213 => "resource limitation",
        _ => "a reason of the archive's own",
    };
}
