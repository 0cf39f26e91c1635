using System.Globalization;

namespace CodRetrieve;

/// <summary>
/// Some of a series' instances, for a preview: in the order of their Instance Numbers (0020,0013), or, where one has none, in that of the index. Immutable.
/// </summary>
public sealed class InstanceSample
{
    private readonly string _text;
    private readonly Func<int, int, bool> _isTaken;

    private InstanceSample(string text, Func<int, int, bool> isTaken) => (_text, _isTaken) = (text, isTaken);

    /// <summary>Gets the sample that takes the first instance of each series.</summary>
    public static InstanceSample First { get; } = new("first", static (place, _) => place == 0);

    /// <summary>Gets the sample that takes the instance in the middle of each series; of an even number, the earlier one.</summary>
    public static InstanceSample Middle { get; } = new("middle", static (place, count) => place == (count - 1) / 2);

    /// <summary>Returns the sample that takes the first instance of each series, and then each so-many-th.</summary>
    /// <param name="interval">The distance, at least 1.</param>
    /// <returns>The sample.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> is below 1.</exception>
    public static InstanceSample Every(int interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, 1);
        return new InstanceSample(interval.ToString(CultureInfo.InvariantCulture), (place, _) => place % interval == 0);
    }

    /// <summary>Reads a sample: a number from 1, <c>first</c> or <c>middle</c>.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The sample.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="FormatException">It is none.</exception>
    public static InstanceSample Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Equals(First._text, StringComparison.OrdinalIgnoreCase) ? First
            : text.Equals(Middle._text, StringComparison.OrdinalIgnoreCase) ? Middle
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var interval) && interval > 0 ? Every(interval)
            : throw new FormatException("A sample is a number from 1 (each so-many-th instance), 'first' or 'middle'.");
    }

    /// <summary>Returns the sample as text that <see cref="Parse"/> reads.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => _text;

    /// <param name="place">The instance's place in the order, from 0.</param>
    /// <param name="count">How many there are.</param>
    internal bool Takes(int place, int count) => _isTaken(place, count);
}
