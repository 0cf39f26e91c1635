namespace CodRetrieve.Storage;

/// <summary>Reads how long a response asks to wait (RFC 9110, 10.2.3).</summary>
internal static class RetryAfterHeader
{
    /// <summary>The wait; <see langword="null"/> for none. A date is measured against the <c>Date</c> of the response, so that a wrong clock of this machine does no harm.</summary>
    public static TimeSpan? Read(HttpResponseMessage response)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date is { } date && response.Headers.Date is { } now ? date - now : null);
        return wait is { } value && value > TimeSpan.Zero ? value : null;
    }
}
