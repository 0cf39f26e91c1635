namespace CodRetrieve.Dimse;

/// <summary>The attributes of identifiers and of storage commitment (DICOM PS3.6).</summary>
internal static class Tags
{
    public const uint SopClassUid = 0x0008_0016;
    public const uint SopInstanceUid = 0x0008_0018;
    public const uint QueryRetrieveLevel = 0x0008_0052;
    public const uint ReferencedSopClassUid = 0x0008_1150;
    public const uint ReferencedSopInstanceUid = 0x0008_1155;
    public const uint TransactionUid = 0x0008_1195;
    public const uint FailureReason = 0x0008_1197;
    public const uint FailedSopSequence = 0x0008_1198;
    public const uint ReferencedSopSequence = 0x0008_1199;
    public const uint StudyInstanceUid = 0x0020_000D;
    public const uint SeriesInstanceUid = 0x0020_000E;
}
