namespace CodRetrieve.Service.Requests;

/// <summary>A series in the store, and what the destination has of it.</summary>
internal sealed record SeriesRecord(
    string SeriesInstanceUid, string? Modality, int Instances, int InstancesSaved, int InstancesNotSelected, long Bytes, long BytesSaved, string? Problem);
