namespace CodRetrieve.Saving;

/// <summary>An instance as DICOM refers to it (PS3.3, table 10-11).</summary>
internal readonly record struct SopReference(string SopClassUid, string SopInstanceUid);
