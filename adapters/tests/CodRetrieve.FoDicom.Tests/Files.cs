using FellowOakDicom;
using FellowOakDicom.IO.Buffer;

namespace CodRetrieve.FoDicom.Tests;

/// <summary>DICOM files made for tests.</summary>
internal static class Files
{
    public static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    /// <summary>An image that names its patient wherever a scanner does.</summary>
    public static DicomDataset Image(string patient = "ID-7", string study = "1.2.3", string series = "1.2.3.4", string sop = "1.2.3.4.5") => new(
        new DicomUniqueIdentifier(DicomTag.SOPClassUID, DicomUID.CTImageStorage),
        new DicomUniqueIdentifier(DicomTag.SOPInstanceUID, sop),
        new DicomUniqueIdentifier(DicomTag.StudyInstanceUID, study),
        new DicomUniqueIdentifier(DicomTag.SeriesInstanceUID, series),
        new DicomUniqueIdentifier(DicomTag.FrameOfReferenceUID, "1.2.3.9"),
        new DicomLongString(DicomTag.PatientID, patient),
        new DicomPersonName(DicomTag.PatientName, "Secret^" + patient),
        new DicomDate(DicomTag.PatientBirthDate, "19610203"),
        new DicomDate(DicomTag.StudyDate, "20240131"),
        new DicomTime(DicomTag.StudyTime, "093015"),
        new DicomShortString(DicomTag.StudyID, "S1"),
        new DicomShortString(DicomTag.AccessionNumber, "SecretAcc"),
        new DicomCodeString(DicomTag.Modality, "CT"),
        new DicomIntegerString(DicomTag.SeriesNumber, 3),
        new DicomIntegerString(DicomTag.InstanceNumber, 7),
        new DicomUnsignedShort(DicomTag.Rows, 2),
        new DicomUnsignedShort(DicomTag.Columns, 2),
        new DicomUnsignedShort(DicomTag.BitsAllocated, 8),
        new DicomOtherByte(DicomTag.PixelData, 1, 2, 3, 4));

    public static byte[] Bytes(this DicomDataset dataset, DicomTransferSyntax? syntax = null, Action<DicomFile>? change = null)
    {
        var file = new DicomFile(dataset);
        file.FileMetaInfo.TransferSyntax = syntax ?? DicomTransferSyntax.ExplicitVRLittleEndian;
        change?.Invoke(file);
        using var bytes = new MemoryStream();
        file.Save(bytes);
        return bytes.ToArray();
    }

    public static DicomDataset Read(byte[] bytes) => DicomFile.Open(new MemoryStream(bytes), FileReadOption.ReadAll).Dataset;

    /// <summary>Pixels that are compressed: what is in the fragments means nothing.</summary>
    public static DicomFragmentSequence Fragments(params byte[][] fragments)
    {
        var sequence = new DicomOtherByteFragment(DicomTag.PixelData);
        foreach (var fragment in fragments)
        {
            sequence.Fragments.Add(new MemoryByteBuffer(fragment));
        }

        return sequence;
    }
}
