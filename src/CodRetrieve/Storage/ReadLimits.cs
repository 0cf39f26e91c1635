namespace CodRetrieve.Storage;

/// <summary>How slowly the bytes of a body may come before its connection counts as stalled.</summary>
/// <param name="IdleTimeout">How long nothing may come.</param>
/// <param name="MinBytesPerSecond">The least rate over <see cref="Window"/>; 0 for none.</param>
internal readonly record struct ReadLimits(TimeSpan IdleTimeout, int MinBytesPerSecond)
{
    /// <summary>The time over which the rate is measured; only time spent waiting for bytes counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public static ReadLimits Of(CodDownloadOptions options) => new(options.IdleTimeout, options.MinBytesPerSecond);
}
