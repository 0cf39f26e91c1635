namespace CodRetrieve.Cli.Input;

/// <summary>Access tokens from a file that something else renews.</summary>
internal sealed class TokenFile(string path, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // A token that is refused at once is wrong; one that was good for a while has expired, and another one is on its way.
    private static readonly TimeSpan WasGood = TimeSpan.FromMinutes(1);

    private string? _given;
    private long _givenAt;

    /// <exception cref="UsageException">There is no token in the file now.</exception>
    public static CodCredential ToCredential(string path)
    {
        if (ReadToken(path) is null)
        {
            throw new UsageException($"The file '{path}' holds no access token, cannot be read or is not there.");
        }

        return CodCredential.FromTokenProvider(new TokenFile(path, TimeProvider.System).GetAsync);
    }

    /// <summary>The token in the file: another one than the last, where that has expired, as soon as it is there.</summary>
    public async ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        var isExpired = _given is not null && time.GetElapsedTime(_givenAt) >= WasGood;
        string? token;
        while ((token = ReadToken(path)) is null || (isExpired && token == _given))
        {
            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);
        }

        (_given, _givenAt) = (token, time.GetTimestamp());
        return token;
    }

    private static string? ReadToken(string path)
    {
        try
        {
            return File.ReadLines(path).Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It may be about to be replaced.
            return null;
        }
    }
}
