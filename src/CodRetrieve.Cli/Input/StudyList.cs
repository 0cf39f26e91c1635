namespace CodRetrieve.Cli.Input;

/// <summary>Reads the STUDY arguments: UIDs, and files that list them.</summary>
internal static class StudyList
{
    private const string StandardInput = "-";

    /// <param name="arguments">The arguments.</param>
    /// <param name="input">Opens standard input, for <c>@-</c>.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="UsageException">A file cannot be read, holds lines that are no studies, or there is no UID at all.</exception>
    public static async Task<IReadOnlyList<string>> ReadAsync(IEnumerable<string> arguments, Func<Stream> input, CancellationToken cancellationToken)
    {
        var studies = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var argument in arguments)
        {
            if (argument.StartsWith('@'))
            {
                studies.AddRange((await ReadFileAsync(argument[1..], input, cancellationToken).ConfigureAwait(false)).Where(known.Add));
            }
            else if (argument.StartsWith('-'))
            {
                // No UID begins so. What follows a sign of equality may be a secret.
                throw new UsageException($"There is no option '{argument.Split('=', ':')[0]}'.");
            }
            else if (known.Add(argument.Trim()))
            {
                studies.Add(argument.Trim());
            }
        }

        return studies.Count > 0 ? studies : throw new UsageException("No Study Instance UID was given.");
    }

    private static async Task<IEnumerable<string>> ReadFileAsync(string path, Func<Stream> input, CancellationToken cancellationToken)
    {
        try
        {
            var stream = path == StandardInput ? input() : File.OpenRead(path);
            await using var closing = stream.ConfigureAwait(false);
            return StudyListText.Parse(await StudyListText.ReadAsync(stream, cancellationToken).ConfigureAwait(false), path == StandardInput ? "standard input" : path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageException($"The list of studies '{path}' cannot be read: {e.Message}", e);
        }
    }
}
