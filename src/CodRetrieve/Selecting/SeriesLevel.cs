namespace CodRetrieve.Selecting;

/// <summary>
/// The attributes that all instances of a series have in common: the keys of studies and series in queries (PS3.18, tables 10.6.1-5; PS3.4, C.6.1) as far as they are attributes of a file.
/// </summary>
internal static class SeriesLevel
{
    private static readonly HashSet<string> Keywords = new(StringComparer.Ordinal)
    {
        "StudyDate", "StudyTime", "AccessionNumber", "ReferringPhysicianName", "StudyDescription", "StudyInstanceUID", "StudyID", "InstitutionName",
        "PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex", "PatientAge", "PatientSize", "PatientWeight",
        "Modality", "SeriesDescription", "SeriesInstanceUID", "SeriesNumber", "BodyPartExamined", "ProtocolName", "Laterality", "Manufacturer", "ManufacturerModelName",
        "StationName", "FrameOfReferenceUID", "PerformedProcedureStepStartDate", "PerformedProcedureStepStartTime",
    };

    /// <summary>Whether a condition asks only for such attributes.</summary>
    public static bool IsOf(InstanceFilter filter) =>
        filter.Attributes.All(static path => path.Elements is [{ Name: var name }] && Keywords.Contains(name));
}
