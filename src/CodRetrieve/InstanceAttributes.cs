using System.Globalization;
using CodRetrieve.Dicom;

namespace CodRetrieve;

/// <summary>
/// The DICOM attributes of one instance, as its series' index has them; read when they are asked for. An attribute is named by its keyword or tag, in sequences by a
/// path: <c>Modality</c>, <c>00080060</c>, <c>(0008,0060)</c>, <c>RequestAttributesSequence[0].RequestedProcedureID</c>.
/// </summary>
/// <remarks>
/// <para>They say who the patient is, in stores with hashed UIDs, too. The library writes them to no log, exception, event or telemetry, and <c>ToString()</c> says nothing
/// of them; neither should you without thought.</para>
/// <para>Not safe for use by several threads at once. Those that a condition is given are valid until it returns.</para>
/// </remarks>
public sealed class InstanceAttributes
{
    private readonly List<DicomValue> _values = [];
    private DicomDataset? _dataset;

    internal InstanceAttributes(DicomDataset dataset) => _dataset = dataset;

    internal InstanceAttributes(ReadOnlyMemory<byte> json)
    {
        _dataset = new DicomDataset();
        _dataset.Load(json);
    }

    internal DicomDataset Dataset => _dataset ?? throw new ObjectDisposedException(nameof(InstanceAttributes), "The attributes are valid only until the condition that they were given to has returned. Copy the values.");

    /// <summary>Gets the first value of an attribute as text.</summary>
    /// <param name="attribute">The attribute.</param>
    /// <returns>
    /// The value without the spaces around it, of a name the groups separated by equals signs; <see langword="null"/> where the attribute is missing, without a value, or longer than 64 KiB.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="attribute"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="attribute"/> names no attribute.</exception>
    /// <exception cref="ObjectDisposedException">The condition that they were given to has returned.</exception>
    public string? this[string attribute] => Read(attribute) is AttributeState.Present && _values.Count > 0 ? _values[0].Text : null;

    /// <summary>Returns whether an attribute is there, with a value or without.</summary>
    /// <param name="attribute">The attribute.</param>
    /// <returns><see langword="true"/> if it is. The COD writer leaves out what is not valid DICOM.</returns>
    /// <inheritdoc cref="this" path="/exception"/>
    public bool Contains(string attribute) => Read(attribute) is AttributeState.Empty or AttributeState.Present;

    /// <summary>Returns all values of an attribute as text; of a path through a sequence those of all its items.</summary>
    /// <param name="attribute">The attribute.</param>
    /// <returns>The values; none where the attribute is missing or has none.</returns>
    /// <inheritdoc cref="this" path="/exception"/>
    public IReadOnlyList<string> GetValues(string attribute)
    {
        Read(attribute);
        return [.. _values.Where(static value => value.Text is not null).Select(static value => value.Text!)];
    }

    /// <summary>Returns the first value of an attribute as a whole number.</summary>
    /// <param name="attribute">The attribute.</param>
    /// <returns>The number; <see langword="null"/> where there is none, or none that fits.</returns>
    /// <inheritdoc cref="this" path="/exception"/>
    public int? GetInt32(string attribute) => GetDecimal(attribute) is { } number && number == decimal.Truncate(number) && number is >= int.MinValue and <= int.MaxValue ? (int)number : null;

    /// <summary>Returns the first value of an attribute as a number.</summary>
    /// <param name="attribute">The attribute.</param>
    /// <returns>The number; <see langword="null"/> where there is none.</returns>
    /// <inheritdoc cref="this" path="/exception"/>
    public decimal? GetDecimal(string attribute) =>
        decimal.TryParse(this[attribute], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Returns the first value of an attribute as a date; of a date with a time (DT) the date.</summary>
    /// <param name="attribute">The attribute.</param>
    /// <returns>The date; <see langword="null"/> where there is none, or no whole one.</returns>
    /// <inheritdoc cref="this" path="/exception"/>
    public DateOnly? GetDate(string attribute) =>
        this[attribute] is { Length: >= 8 } text && TimeRange.ParseDateTime(text) is { } range && range.End - range.Start <= TimeSpan.TicksPerDay
            ? DateOnly.FromDateTime(new DateTime(range.Start))
            : null;

    /// <summary>
    /// Returns whether an attribute may say who a patient is: those of the Basic Application Level Confidentiality Profile (PS3.15, table E.1-1) that people put into names and tables, what they
    /// typed, and private attributes.
    /// </summary>
    /// <param name="attribute">The attribute.</param>
    /// <returns><see langword="false"/> also for what names no attribute.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="attribute"/> is <see langword="null"/>.</exception>
    public static bool IsIdentifying(string attribute)
    {
        ArgumentNullException.ThrowIfNull(attribute);
        try
        {
            return IdentifyingAttributes.Contains(AttributePath.Parse(attribute).ToString());
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Returns the name of the type, and nothing of the attributes.</summary>
    /// <returns>Always the same.</returns>
    public override string ToString() => nameof(InstanceAttributes);

    internal AttributeState Read(AttributePath path, out IReadOnlyList<DicomValue> values)
    {
        _values.Clear();
        values = _values;
        return Dataset.Read(path, _values);
    }

    internal void End() => _dataset = null;

    private AttributeState Read(string attribute)
    {
        ArgumentNullException.ThrowIfNull(attribute);
        try
        {
            return Read(AttributePath.Parse(attribute), out _);
        }
        catch (FormatException e)
        {
            throw new ArgumentException(e.Message, nameof(attribute), e);
        }
    }
}
