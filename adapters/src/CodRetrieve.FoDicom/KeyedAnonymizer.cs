using FellowOakDicom;

namespace CodRetrieve.FoDicom;

/// <summary>fo-dicom's anonymizer, with UIDs that are the same in each run, in place of random ones that it remembers.</summary>
internal sealed class KeyedAnonymizer(DicomAnonymizer.SecurityProfile profile, Pseudonyms pseudonyms) : DicomAnonymizer(profile)
{
    // It would have only the first of several values.
    protected override void ReplaceUID(DicomDataset dataset, DicomItem item)
    {
        if (item is DicomElement { Count: > 0 } element)
        {
            dataset.AddOrUpdate(item.Tag, [.. element.Get<string[]>().Select(uid => pseudonyms.OfUid(uid.Trim(' ', '\0')))]);
        }
    }
}
