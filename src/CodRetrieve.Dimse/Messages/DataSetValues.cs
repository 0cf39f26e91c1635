namespace CodRetrieve.Dimse;

/// <summary>What is wanted of an identifier, or of an item that refers to an instance.</summary>
/// <param name="SopClassUid">SOP Class UID (0008,0016) or Referenced SOP Class UID (0008,1150).</param>
/// <param name="SopInstanceUid">SOP Instance UID (0008,0018) or Referenced SOP Instance UID (0008,1155).</param>
/// <param name="FailureReason">Failure Reason (0008,1197).</param>
internal readonly record struct DataSetValues(string? SopClassUid, string? SopInstanceUid, int? FailureReason);
