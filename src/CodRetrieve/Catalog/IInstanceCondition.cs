using CodRetrieve.Dicom;

namespace CodRetrieve.Catalog;

/// <summary>Tells which instances are wanted, while an index is read. Safe for several callers at once.</summary>
internal interface IInstanceCondition
{
    /// <summary>Whether attributes decide, or only the UIDs.</summary>
    bool NeedsAttributes { get; }

    /// <summary>Whether an instance is out, whatever its attributes are.</summary>
    bool IsExcluded(SeriesInfo series, string sopInstanceUid);

    /// <summary>Whether the instances of a series are all out, going by what one of them says of it.</summary>
    bool IsSeriesExcluded(DicomDataset dataset);

    /// <summary>Whether an instance meets the condition; <see langword="null"/> where its attributes do not tell.</summary>
    /// <exception cref="CodFormatException">The condition failed; the message does not hold any attribute.</exception>
    bool? IsMet(DicomDataset dataset);
}
