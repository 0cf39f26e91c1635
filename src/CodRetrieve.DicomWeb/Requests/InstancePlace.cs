using CodRetrieve.Dicom;

namespace CodRetrieve.DicomWeb;

/// <summary>The study and the series in which a receiver has an instance.</summary>
internal sealed record InstancePlace(string? StudyInstanceUid, string? SeriesInstanceUid)
{
    /// <summary>Whether both are UIDs, and nothing that would lead a URL elsewhere.</summary>
    public bool IsComplete => DicomUid.IsUid(StudyInstanceUid) && DicomUid.IsUid(SeriesInstanceUid);
}
