namespace CodRetrieve.Testing;

/// <summary>What the tags of a synthetic instance say.</summary>
internal sealed record DicomTags(
    string SopInstanceUid,
    string StudyInstanceUid,
    string SeriesInstanceUid,
    string SopClassUid,
    string Modality,
    string Description,
    int SeriesNumber,
    int InstanceNumber)
{
    public const string TransferSyntaxUid = "1.2.840.10008.1.2.1";
    public const string ImplementationClassUid = "2.25.302215469316240530571839284410571022001";
    public const string PatientName = "Synthetic^Patient";
    public const string PatientId = "SYNTHETIC-1";
}
