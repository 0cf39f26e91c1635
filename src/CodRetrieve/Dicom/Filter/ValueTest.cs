namespace CodRetrieve.Dicom;

/// <summary>Compares the values of one attribute with one operand. Immutable.</summary>
internal sealed class ValueTest(ComparisonOperator comparison, Operand operand)
{
    private readonly TimeRange? _date = operand.RangeOf(VrKind.Date, comparison == ComparisonOperator.Match);
    private readonly TimeRange? _time = operand.RangeOf(VrKind.Time, comparison == ComparisonOperator.Match);
    private readonly TimeRange? _dateTime = operand.RangeOf(VrKind.DateTime, comparison == ComparisonOperator.Match);
    private readonly bool _hasWildcard = comparison == ComparisonOperator.Match && Wildcard.IsIn(operand.Text);

    public ComparisonOperator Comparison => comparison;

    public Operand Operand => operand;

    private bool IsOrder => comparison > ComparisonOperator.Equal;

    /// <summary>Why values of a kind can never be compared so; <see langword="null"/> where they can.</summary>
    public string? WhyImpossible(VrKind kind) => kind switch
    {
        VrKind.Opaque => "is not compared: only 'is missing' and 'is empty' can be asked of it",
        VrKind.Text when IsOrder => "is text, which has no order: use = with wildcards",
        VrKind.Code when IsOrder => "has no order: use =, in or !=",
        VrKind.Code when _hasWildcard => "takes no wildcards (DICOM PS3.4, C.2.2.2.4)",
        VrKind.Number when operand.Number is null => "is a number",
        VrKind.Date when _date is null => "is a date, such as 20240131, 2024-01-31 or, after =, 20240101-20240630",
        VrKind.Time when _time is null => "is a time, such as 0930 or, after =, 0800-1200",
        VrKind.DateTime when _dateTime is null => "is a date and time, such as 20240131093000 or 2024-01-31T09:30",
        VrKind.Age when operand.Age is null => "is an age, such as 018Y, 006M, 002W or 010D",
        _ => null,
    };

    /// <summary>Compares one value; <see langword="null"/> where that cannot be done.</summary>
    public bool? Test(in DicomValue value)
    {
        if (value.Text is not { } text)
        {
            return null;
        }

        return value.Vr.Kind() switch
        {
            VrKind.Text => IsOrder ? null : IsText(text, value.Vr == Vr.PN),
            VrKind.Code => IsOrder ? null : text == operand.Text,
            VrKind.Number => operand.Number is { } number && DicomNumber.Parse(text) is { } parsed ? IsOrdered(DicomNumber.Compare(parsed, number)) : null,
            VrKind.Age => operand.Age is { } age && AgeText.ParseDays(text) is { } days ? IsOrdered(days.CompareTo(age)) : null,
            VrKind.Date => InTime(TimeRange.ParseDate(text), _date),
            VrKind.Time => InTime(TimeRange.ParseTime(text), _time),
            VrKind.DateTime => InTime(TimeRange.ParseDateTime(text), _dateTime),
            _ => null,
        };
    }

    private bool IsOrdered(int order) => comparison switch
    {
        ComparisonOperator.Less => order < 0,
        ComparisonOperator.LessOrEqual => order <= 0,
        ComparisonOperator.Greater => order > 0,
        ComparisonOperator.GreaterOrEqual => order >= 0,
        _ => order == 0,
    };

    private bool? InTime(TimeRange? value, TimeRange? wanted) => value is not { } found || wanted is not { } range ? null : comparison switch
    {
        ComparisonOperator.Less => found.Start < range.Start,
        ComparisonOperator.LessOrEqual => found.Start < range.End,
        ComparisonOperator.Greater => found.Start >= range.End,
        ComparisonOperator.GreaterOrEqual => found.Start >= range.Start,
        _ => range.Contains(found.Start),
    };

    private bool IsText(string text, bool isName)
    {
        if (!isName)
        {
            return _hasWildcard ? Wildcard.IsMatch(text, operand.Text, ignoreCase: false) : text == operand.Text;
        }

        // The whole name, or one of its groups; empty components at its end mean nothing (PS3.5, 6.2.1.1).
        var wanted = operand.Text.TrimEnd('^');
        return text.Split('=').Append(text).Select(static group => group.TrimEnd('^')).Any(group => _hasWildcard
            ? Wildcard.IsMatch(group, operand.Text, ignoreCase: true)
            : group.Equals(wanted, StringComparison.OrdinalIgnoreCase));
    }
}
