using System.Text.RegularExpressions;

namespace CodRetrieve.Dicom;

/// <summary>How the parts of a filter are written.</summary>
internal static partial class FilterText
{
    public static string Of(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Match => "=",
        ComparisonOperator.Equal => "==",
        ComparisonOperator.Less => "<",
        ComparisonOperator.LessOrEqual => "<=",
        ComparisonOperator.Greater => ">",
        _ => ">=",
    };

    /// <summary>A value, in quotes where it would be read as something else without them.</summary>
    public static string Quote(string value) => BareValue().IsMatch(value) ? value : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^[A-Za-z0-9_.*?^/+:\\-]+\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BareValue();
}
