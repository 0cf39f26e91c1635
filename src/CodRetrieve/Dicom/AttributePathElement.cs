namespace CodRetrieve.Dicom;

/// <summary>One part of an <see cref="AttributePath"/>.</summary>
/// <param name="Tag">Group and element.</param>
/// <param name="Name">The keyword; for an attribute without one, the tag.</param>
/// <param name="Vr">The value representation that the dictionary gives.</param>
/// <param name="Item">The item of the sequence, from 0; <see langword="null"/> for all of them.</param>
internal readonly record struct AttributePathElement(uint Tag, string Name, Vr Vr, int? Item)
{
    public override string ToString() => Item is { } item ? $"{Name}[{item}]" : Name;
}
