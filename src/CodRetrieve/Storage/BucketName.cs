namespace CodRetrieve.Storage;

/// <summary>The rules for bucket names (Cloud Storage documentation, "Bucket names").</summary>
internal static class BucketName
{
    public static void ThrowIfNotAllowed(string? name, string parameterName)
    {
        if (WhyNotAllowed(name) is { } reason)
        {
            throw new ArgumentException($"The bucket's name is not one that Cloud Storage allows: {reason}", parameterName);
        }
    }

    private static string? WhyNotAllowed(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return "it is empty.";
        }

        var dotted = name.Contains('.', StringComparison.Ordinal);
        if (name.Length < 3 || name.Length > (dotted ? 222 : 63))
        {
            return "it must have 3 to 63 characters (222 with dots).";
        }

        if (!name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.'))
        {
            return "it may hold only lower-case letters, digits, dashes, underscores and dots.";
        }

        if (!char.IsAsciiLetterOrDigit(name[0]) || !char.IsAsciiLetterOrDigit(name[^1]))
        {
            return "it must begin and end with a letter or a digit.";
        }

        if (dotted && name.Split('.').Any(part => part.Length is 0 or > 63))
        {
            return "each part between dots must have 1 to 63 characters.";
        }

        if (name.Split('.') is { Length: 4 } parts && parts.All(part => part.All(char.IsAsciiDigit)))
        {
            return "it must not look like an IP address.";
        }

        return name.StartsWith("goog", StringComparison.Ordinal) || name.Contains("google", StringComparison.Ordinal)
            ? "it must not begin with 'goog' or hold 'google'."
            : null;
    }
}
