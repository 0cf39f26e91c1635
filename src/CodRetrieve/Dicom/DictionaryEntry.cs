namespace CodRetrieve.Dicom;

/// <summary>One attribute of the DICOM data dictionary.</summary>
/// <param name="Keyword">Its keyword, such as <c>Modality</c>.</param>
/// <param name="Tag">Its tag: group and element.</param>
/// <param name="Vr">Its value representation; of several that the standard allows, the first.</param>
internal readonly record struct DictionaryEntry(string Keyword, uint Tag, Vr Vr);
