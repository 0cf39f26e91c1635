using System.Globalization;
using CodRetrieve.Dicom;

namespace CodRetrieve.Catalog;

/// <summary>
/// What the DICOM attributes of a series say of it, for people. Deliberately no record and without a <c>ToString()</c>: a description may name a
/// person, and nothing that prints objects may print it.
/// </summary>
internal sealed class SeriesAttributes
{
    // The longest that the value representations CS and LO may be (PS3.5, 6.2).
    private const int MaxCodeLength = 16;
    private const int MaxTextLength = 64;

    private static readonly AttributePath ModalityPath = AttributePath.Parse("Modality");
    private static readonly AttributePath DescriptionPath = AttributePath.Parse("SeriesDescription");
    private static readonly AttributePath InstanceNumberPath = AttributePath.Parse("InstanceNumber");

    /// <summary>Modality (0008,0060).</summary>
    public string? Modality { get; private init; }

    /// <summary>Series Description (0008,103E).</summary>
    public string? Description { get; private init; }

    /// <summary>Reads them off one of the series' instances.</summary>
    public static SeriesAttributes Of(DicomDataset dataset) => new()
    {
        Modality = Bounded(TextOf(dataset, ModalityPath), MaxCodeLength),
        Description = Bounded(TextOf(dataset, DescriptionPath), MaxTextLength),
    };

    /// <summary>Reads an instance's Instance Number (0020,0013); <see langword="null"/> where there is none.</summary>
    public static int? InstanceNumberOf(DicomDataset dataset) =>
        int.TryParse(TextOf(dataset, InstanceNumberPath), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? TextOf(DicomDataset dataset, AttributePath path)
    {
        var values = new List<DicomValue>();
        return dataset.Read(path, values) == AttributeState.Present && values.Count > 0 ? values[0].Text : null;
    }

    private static string? Bounded(string? text, int maxLength) => text switch
    {
        null or "" => null,
        _ when text.Length > maxLength => text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)],
        _ => text,
    };
}
