namespace CodRetrieve.Storage;

/// <summary>What a bucket string points to: a bucket, or a folder on a disk. Exactly one of the two is set.</summary>
internal readonly record struct StoreLocation(BucketDetails? Bucket, string? Folder);

/// <summary>Reads the strings that users write for a bucket. Its messages never repeat a query, which may hold a token.</summary>
internal static class BucketUrl
{
    private const string DicomWeb = "dicomweb";
    private const string BucketHost = ".storage.googleapis.com";
    private static readonly string[] ConsolePages = ["console.cloud.google.com/storage/browser/_details/", "console.cloud.google.com/storage/browser/", "storage.cloud.google.com/"];

    private const string Forms =
        "Use https://host/bucket/prefix?token=..., gs://bucket/prefix, file:///folder or the path of a folder.";

    public static StoreLocation Parse(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        var text = url.Trim();
        if (text.Length == 0)
        {
            throw Invalid("The bucket URL is empty.");
        }

        var schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd < 0 || IsDrive(text))
        {
            return IsBrokenUrl(text)
                ? throw Invalid("The text is neither a bucket URL nor the path of a folder.")
                : new StoreLocation(null, ExistingFolder(text));
        }

        var rest = text[(schemeEnd + 3)..];
        return text[..schemeEnd].ToLowerInvariant() switch
        {
            "https" when ConsolePath(rest) is { } path => new StoreLocation(ParseGs(path), null),
            "https" => new StoreLocation(ParseHttps(rest), null),
            "gs" => new StoreLocation(ParseGs(rest), null),
            "file" => new StoreLocation(null, ParseFile(text)),
            // What stands before "://" may be more than a scheme, a query with a token included.
            var scheme when scheme.Length is > 0 and <= 10 && scheme.All(char.IsAsciiLetterOrDigit) => throw Invalid($"The scheme '{scheme}' is not supported."),
            _ => throw Invalid("The text does not begin with a scheme."),
        };
    }

    // "C:\store" and "C:/store", also with a slash too many; the form "\\?\C:\store" has a question mark of its own.
    private static bool IsDrive(string text) => text.Length > 1 && char.IsAsciiLetter(text[0]) && text[1] == ':';

    private static bool IsExtended(string text) => text.StartsWith(@"\\?\", StringComparison.Ordinal);

    // A URL whose scheme or slashes were lost ("https:/host") must not be taken for a folder and repeated: it may hold a token.
    private static bool IsBrokenUrl(string text) =>
        text.IndexOf('?', IsExtended(text) ? 4 : 0) >= 0
        || text.Contains("token=", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("http", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("gs:", StringComparison.OrdinalIgnoreCase);

    private static BucketDetails ParseHttps(string rest)
    {
        var (path, query) = SplitQuery(rest);
        var parts = PathParts(path);
        if (parts.Count == 0 || path[0] == '/')
        {
            throw Invalid("The bucket URL names no host.");
        }

        // Either the host or the path names the bucket (Cloud Storage documentation, "Request endpoints").
        var host = parts[0].Split(':')[0];
        if (host.EndsWith(BucketHost, StringComparison.OrdinalIgnoreCase))
        {
            parts[0] = host[..^BucketHost.Length];
        }
        else
        {
            parts.RemoveAt(0);
        }

        var bucket = TakeBucket(parts);
        if (parts.Count == 0 || parts[^1] != DicomWeb)
        {
            parts.Add(DicomWeb);
        }

        return new BucketDetails { Bucket = bucket, BucketPrefix = string.Join('/', parts), Token = TokenOf(query) };
    }

    // What the browser shows of a folder: the path is that of the objects, with settings of the page behind a semicolon and a question mark.
    private static string? ConsolePath(string rest)
    {
        foreach (var page in ConsolePages)
        {
            if (rest.StartsWith(page, StringComparison.OrdinalIgnoreCase))
            {
                return Uri.UnescapeDataString(rest[page.Length..].Split(';', '?', '#')[0]).TrimEnd('/');
            }
        }

        return null;
    }

    // As for gcloud, every character of the name is part of it: nothing is encoded, and a query is only one if it holds a token.
    private static BucketDetails ParseGs(string rest)
    {
        var (path, query) = HoldsToken(rest) ? SplitQuery(rest) : (rest, "");
        var parts = CheckedParts(path.Split('/', StringSplitOptions.RemoveEmptyEntries));
        if (path.StartsWith('/'))
        {
            throw Invalid("The URL names no bucket.");
        }

        var bucket = TakeBucket(parts);
        return new BucketDetails
        {
            Bucket = bucket,
            BucketPrefix = parts.Count == 0 ? null : string.Join('/', parts),
            Token = TokenOf(query),
        };
    }

    private static string ParseFile(string text)
    {
        // Uri resolves "..", so look for it in what was written, behind encoded backslashes too.
        _ = PathParts(text["file://".Length..].Replace("%5C", "/", StringComparison.OrdinalIgnoreCase).Replace('\\', '/'));
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.IsFile
            ? ExistingFolder(uri.LocalPath)
            : throw Invalid("The file URL cannot be read as one.");
    }

    private static string ExistingFolder(string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal) || path.Split('/', '\\').Contains("..", StringComparer.Ordinal))
        {
            throw Invalid("The folder's path holds '..' or a character that no path can have.");
        }

        return Directory.Exists(path)
            ? Path.GetFullPath(path)
            : throw Invalid($"The text is not a bucket URL, and there is no folder '{PrintableName.Of(path)}'.");
    }

    private static string TakeBucket(List<string> parts)
    {
        if (parts.Count == 0)
        {
            throw Invalid("The URL names no bucket.");
        }

        var bucket = parts[0];
        parts.RemoveAt(0);
        BucketName.ThrowIfNotAllowed(bucket, "url");
        return bucket;
    }

    private static (string Path, string Query) SplitQuery(string rest)
    {
        var fragment = rest.IndexOf('#', StringComparison.Ordinal);
        var text = fragment < 0 ? rest : rest[..fragment];
        var query = text.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? (text, "") : (text[..query], text[(query + 1)..]);
    }

    // Split after decoding: an encoded slash separates like a plain one, and an encoded ".." is as bad as a plain one.
    private static List<string> PathParts(string path) => CheckedParts(Uri.UnescapeDataString(path).Split('/', StringSplitOptions.RemoveEmptyEntries));

    private static bool HoldsToken(string rest) =>
        rest.Contains("?token=", StringComparison.OrdinalIgnoreCase) || rest.Contains("&token=", StringComparison.OrdinalIgnoreCase);

    private static List<string> CheckedParts(IEnumerable<string> found)
    {
        var parts = found.ToList();
        if (parts.Contains("..", StringComparer.Ordinal) || parts.Contains(".", StringComparer.Ordinal))
        {
            throw Invalid("The URL's path holds '.' or '..'.");
        }

        return parts.Any(part => part.Any(char.IsControl)) ? throw Invalid("The URL's path holds a control character.") : parts;
    }

    private static string? TokenOf(string query)
    {
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && Uri.UnescapeDataString(pair[..equals]) == "token")
            {
                // '+' stays a plus sign: a token never holds a space, but may hold a plus.
                var token = Uri.UnescapeDataString(pair[(equals + 1)..]).Trim();
                return token.Length == 0 ? null : CodCredential.ValidateToken(token, "url");
            }
        }

        return null;
    }

    private static ArgumentException Invalid(string what) => new($"{what} {Forms}", "url");
}
