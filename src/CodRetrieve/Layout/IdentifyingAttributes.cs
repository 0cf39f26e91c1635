namespace CodRetrieve;

/// <summary>
/// The attributes that may say who a patient is, or help to find out: those of the Basic Application Level Confidentiality Profile (PS3.15, table E.1-1) that people put into
/// names and tables, and everything that they typed.
/// </summary>
internal static class IdentifyingAttributes
{
    private static readonly HashSet<string> Keywords = new(StringComparer.Ordinal)
    {
        "AccessionNumber", "AcquisitionDate", "AcquisitionDateTime", "AcquisitionTime", "AdditionalPatientHistory", "AdmissionID", "AdmittingDate", "ContentCreatorName", "ContentDate", "ContentTime",
        "CountryOfResidence", "CurrentPatientLocation", "DeviceSerialNumber", "EthnicGroup", "FillerOrderNumberImagingServiceRequest", "FrameOfReferenceUID", "ImageComments", "InstitutionAddress",
        "InstitutionName", "InstitutionalDepartmentName", "IssuerOfPatientID", "MedicalRecordLocator", "MilitaryRank", "NameOfPhysiciansReadingStudy", "Occupation", "OperatorsName",
        "OtherPatientIDs", "OtherPatientIDsSequence", "OtherPatientNames", "PatientAddress", "PatientAge", "PatientBirthDate", "PatientBirthName", "PatientBirthTime", "PatientComments", "PatientID",
        "PatientInstitutionResidence", "PatientMotherBirthName", "PatientName", "PatientReligiousPreference", "PatientState", "PatientTelephoneNumbers", "PerformedProcedureStepDescription",
        "PerformedProcedureStepID", "PerformedProcedureStepStartDate", "PerformedProcedureStepStartTime", "PerformingPhysicianName", "PhysiciansOfRecord", "PlacerOrderNumberImagingServiceRequest",
        "ProtocolName", "ReferringPhysicianName", "RegionOfResidence", "RequestAttributesSequence", "RequestedProcedureDescription", "RequestedProcedureID", "RequestingPhysician", "RequestingService",
        "ResponsiblePerson", "SeriesDate", "SeriesDescription", "SeriesTime", "StationName", "StudyDate", "StudyDescription", "StudyID", "StudyTime", "TimezoneOffsetFromUTC",
    };

    /// <summary>Whether an attribute is one; private ones are.</summary>
    public static bool Contains(string path) =>
        path.Split('.').Any(static part => Keywords.Contains(part.Split('[')[0]) || char.IsAsciiDigit(part[0]));
}
