namespace CodRetrieve.Testing;

/// <summary>A DICOM attribute that a synthetic index says of an instance, whatever the instance's file says.</summary>
/// <param name="Tag">Group and element, eight hexadecimal digits, such as <c>00180050</c>.</param>
/// <param name="Vr">The value representation, such as <c>DS</c>.</param>
/// <param name="Json">The member's content besides <c>vr</c> as DICOM JSON (PS3.18, F.2), such as <c>"Value":[1.5]</c>; empty for an attribute without a value, <see langword="null"/> to leave the attribute out.</param>
public sealed record SyntheticAttribute(string Tag, string Vr, string? Json)
{
    /// <summary>Returns an attribute with values.</summary>
    /// <param name="tag">Group and element, eight hexadecimal digits.</param>
    /// <param name="vr">The value representation.</param>
    /// <param name="values">The values; written as strings.</param>
    /// <returns>The attribute.</returns>
    public static SyntheticAttribute OfText(string tag, string vr, params string[] values) =>
        new(tag, vr, $"\"Value\":[{string.Join(',', values.Select(value => $"\"{System.Text.Json.JsonEncodedText.Encode(value)}\""))}]");

    /// <summary>Returns an attribute with numbers as values.</summary>
    /// <param name="tag">Group and element, eight hexadecimal digits.</param>
    /// <param name="vr">The value representation.</param>
    /// <param name="values">The values.</param>
    /// <returns>The attribute.</returns>
    public static SyntheticAttribute OfNumber(string tag, string vr, params decimal[] values) =>
        new(tag, vr, $"\"Value\":[{string.Join(',', values.Select(value => value.ToString(System.Globalization.CultureInfo.InvariantCulture)))}]");

    /// <summary>Returns an attribute that is left out of the index.</summary>
    /// <param name="tag">Group and element, eight hexadecimal digits.</param>
    /// <returns>The attribute.</returns>
    public static SyntheticAttribute Missing(string tag) => new(tag, "UN", null);
}
