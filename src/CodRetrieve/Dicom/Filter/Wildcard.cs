namespace CodRetrieve.Dicom;

/// <summary>Matches text with a pattern in which <c>*</c> stands for any text and <c>?</c> for any one character (PS3.4, C.2.2.2.4).</summary>
internal static class Wildcard
{
    public static bool IsIn(string pattern) => pattern.AsSpan().ContainsAny('*', '?');

    public static bool IsMatch(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern, bool ignoreCase)
    {
        // Where the last star was, and what it has taken so far: only there matching goes back.
        var (t, p, star, taken) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, taken) = (p++, t);
            }
            else if (p < pattern.Length && (pattern[p] == '?' || IsSame(text[t], pattern[p], ignoreCase)))
            {
                t++;
                p++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++taken;
            }
            else
            {
                return false;
            }
        }

        return !pattern[p..].ContainsAnyExcept('*');
    }

    private static bool IsSame(char a, char b, bool ignoreCase) => a == b || (ignoreCase && char.ToUpperInvariant(a) == char.ToUpperInvariant(b));
}
