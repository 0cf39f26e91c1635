namespace CodRetrieve.Dicom;

/// <summary>One value of an attribute.</summary>
/// <param name="Text">The value as text, without the spaces around it; <see langword="null"/> where it cannot be read.</param>
/// <param name="Vr">Its value representation, as the data set gives it.</param>
internal readonly record struct DicomValue(string? Text, Vr Vr);
