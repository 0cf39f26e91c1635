namespace CodRetrieve.Cli.Input;

/// <summary>Reads the STUDY arguments: UIDs, and files that list them.</summary>
internal static class StudyList
{
    /// <exception cref="UsageException">A file cannot be read, or there is no UID at all.</exception>
    public static async Task<IReadOnlyList<string>> ReadAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var studies = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var argument in arguments)
        {
            if (argument.StartsWith('@'))
            {
                var lines = await ReadFileAsync(argument[1..], cancellationToken).ConfigureAwait(false);
                studies.AddRange(lines.Where(known.Add));
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

    private static async Task<IEnumerable<string>> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var lines = await File.ReadAllLinesAsync(path, cancellationToken).ConfigureAwait(false);
            return lines.Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageException($"The list of studies '{path}' cannot be read: {e.Message}", e);
        }
    }
}
