using System.Globalization;
using FellowOakDicom;

namespace CodRetrieve.FoDicom;

/// <summary>The values that the records of a DICOMDIR must have (PS3.3, F.5), made up where a file does not have them.</summary>
/// <param name="mayInvent">Whether they may be made up.</param>
internal sealed class RequiredValues(bool mayInvent)
{
    private static readonly DicomTag[] Dates = [DicomTag.SeriesDate, DicomTag.AcquisitionDate, DicomTag.ContentDate];
    private static readonly DicomTag[] Times = [DicomTag.SeriesTime, DicomTag.AcquisitionTime, DicomTag.ContentTime];

    /// <summary>How many were made up.</summary>
    public int Invented { get; private set; }

    /// <summary>Fills in what is missing in a data set that was read for its records; its file stays as it is.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="path">Its file.</param>
    /// <param name="number">A number that the instance has in its series, the series in its study and the study in the DICOMDIR, where the file has none.</param>
    /// <exception cref="CodRetrieveException">Something is missing that must not be made up.</exception>
    public void Complete(DicomDataset dataset, string path, (int Study, int Series, int Instance) number)
    {
        foreach (var tag in new[] { DicomTag.SOPInstanceUID, DicomTag.SOPClassUID, DicomTag.SeriesInstanceUID, DicomTag.StudyInstanceUID })
        {
            if (IsEmpty(dataset, tag))
            {
                throw Missing(path, tag);
            }
        }

        // Without an identifier, patients would be taken for one and the same.
        Require(dataset, path, DicomTag.PatientID, () => dataset.GetSingleValue<string>(DicomTag.StudyInstanceUID));
        Require(dataset, path, DicomTag.StudyDate, () => FirstOf(dataset, Dates) ?? "19000101");
        Require(dataset, path, DicomTag.StudyTime, () => FirstOf(dataset, Times) ?? "000000");
        Require(dataset, path, DicomTag.StudyID, () => Text(number.Study));
        Require(dataset, path, DicomTag.Modality, static () => "OT");
        Require(dataset, path, DicomTag.SeriesNumber, () => Text(number.Series));
        Require(dataset, path, DicomTag.InstanceNumber, () => Text(number.Instance));
        foreach (var tag in new[] { DicomTag.PatientName, DicomTag.StudyDescription, DicomTag.AccessionNumber })
        {
            if (!dataset.Contains(tag))
            {
                // Present, and empty (type 2).
                dataset.Add(tag, "");
            }
        }
    }

    private void Require(DicomDataset dataset, string path, DicomTag tag, Func<string> invent)
    {
        if (!IsEmpty(dataset, tag))
        {
            return;
        }

        if (!mayInvent)
        {
            throw Missing(path, tag);
        }

        dataset.AddOrUpdate(tag, invent());
        Invented++;
    }

    private static bool IsEmpty(DicomDataset dataset, DicomTag tag) => string.IsNullOrWhiteSpace(dataset.GetSingleValueOrDefault(tag, "").Trim('\0'));

    private static string? FirstOf(DicomDataset dataset, DicomTag[] tags) => tags.Where(tag => !IsEmpty(dataset, tag)).Select(tag => dataset.GetSingleValue<string>(tag)).FirstOrDefault();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static CodRetrieveException Missing(string path, DicomTag tag) => new(
        $"{path} has no {tag.DictionaryEntry.Keyword} {tag}, which a DICOMDIR must have (PS3.3, F.5). Move the file away, or let missing values be made up ({nameof(DicomDirectoryOptions)}.{nameof(DicomDirectoryOptions.InventMissingValues)}) where that is possible.");
}
