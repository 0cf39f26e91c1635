namespace CodRetrieve.Cli.Cohorts;

/// <summary>A UID as it stands in a cell or a line.</summary>
internal static class CohortUid
{
    private const int MaxLength = 128;

    /// <summary>Whether it can be the name of a study, series or instance in a store, also where that has other identifiers than UIDs.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxLength || text[0] is '.' or '-' || text[^1] == '.')
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
            {
                return false;
            }
        }

        return !IsNumber(text);
    }

    /// <summary>
    /// Whether a spreadsheet made a number of it: <c>1.2E+10</c>, <c>1,2E+10</c>. Without a separator and a sign it may be a hash in hexadecimal digits.
    /// </summary>
    public static bool IsNumber(ReadOnlySpan<char> text)
    {
        var exponent = text.IndexOfAny('e', 'E');
        if (exponent < 1 || text.Length > 40)
        {
            return false;
        }

        var mantissa = text[..exponent].TrimStart("+-");
        var digits = text[(exponent + 1)..];
        var isSigned = digits.Length > 0 && digits[0] is '+' or '-';
        digits = isSigned ? digits[1..] : digits;
        var separator = mantissa.IndexOfAny('.', ',');
        return (isSigned || separator > 0)
            && digits.Length is > 0 and <= 3 && !digits.ContainsAnyExceptInRange('0', '9')
            && mantissa.Length > 0 && char.IsAsciiDigit(mantissa[0])
            && !(separator < 0 ? mantissa : mantissa[..separator]).ContainsAnyExceptInRange('0', '9')
            && (separator < 0 || !mantissa[(separator + 1)..].ContainsAnyExceptInRange('0', '9'));
    }

    /// <summary>The UID of a cell, without what programs put around it so that spreadsheets leave it alone: <c>="1.2.3"</c>, <c>'1.2.3</c>.</summary>
    /// <returns>The text; <see langword="null"/> for an empty cell.</returns>
    public static string? OfCell(ReadOnlySpan<char> cell)
    {
        cell = cell.Trim();
        cell = cell.Length > 3 && cell.StartsWith("=\"") && cell[^1] == '"' ? cell[2..^1].Trim() : cell.TrimStart('\'');
        return cell.Length == 0 ? null : cell.ToString();
    }
}
