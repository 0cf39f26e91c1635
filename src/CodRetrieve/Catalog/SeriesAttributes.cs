namespace CodRetrieve.Catalog;

/// <summary>
/// What the DICOM tags of a series say of it, for people. Deliberately no record and without a <c>ToString()</c>: a description may name a
/// person, and nothing that prints objects may print it.
/// </summary>
internal sealed class SeriesAttributes
{
    /// <summary>Modality (0008,0060).</summary>
    public string? Modality { get; init; }

    /// <summary>Series Description (0008,103E).</summary>
    public string? Description { get; init; }
}
