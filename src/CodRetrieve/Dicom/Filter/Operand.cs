namespace CodRetrieve.Dicom;

/// <summary>A value of a filter, in each form that it can be compared in. Immutable.</summary>
internal sealed class Operand
{
    public Operand(string text)
    {
        Text = text.Trim(' ');
        Number = DicomNumber.Parse(Text);
        Age = AgeText.ParseDays(Text);
    }

    public string Text { get; }

    public DicomNumber? Number { get; }

    /// <summary>An age in days.</summary>
    public double? Age { get; }

    /// <summary>The moments that it means as a date, a time, or both; of a range such as <c>20240101-20240630</c> those of all of it.</summary>
    public TimeRange? RangeOf(VrKind kind, bool allowsRange = true)
    {
        Func<string, TimeRange?> parse = kind switch
        {
            VrKind.Date => TimeRange.ParseDate,
            VrKind.Time => TimeRange.ParseTime,
            _ => TimeRange.ParseDateTime,
        };
        if (parse(Text) is { } one)
        {
            return one;
        }

        for (var hyphen = allowsRange ? Text.IndexOf('-', StringComparison.Ordinal) : -1; hyphen >= 0; hyphen = Text.IndexOf('-', hyphen + 1))
        {
            var (before, after) = (Text[..hyphen].Trim(), Text[(hyphen + 1)..].Trim());
            var start = before.Length == 0 ? long.MinValue : parse(before)?.Start;
            var end = after.Length == 0 ? long.MaxValue : parse(after)?.End;
            if (before.Length + after.Length > 0 && start is { } first && end is { } behind && first < behind)
            {
                return new TimeRange(first, behind);
            }
        }

        return null;
    }
}
