using System.IO.Compression;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodRetrieve.Saving;

/// <summary>What the built-in destinations need of <see cref="CodDownloadOptions"/>.</summary>
internal sealed record SavingOptions
{
    /// <summary>How the entries of zips are compressed.</summary>
    public CompressionLevel CompressionLevel { get; init; } = CompressionLevel.NoCompression;

    /// <summary>Whether an instance named in <c>log.json</c> counts as saved even if it is not there.</summary>
    public bool TrustSavedLog { get; init; }

    /// <summary>Whether a file is flushed to the device before it gets its name.</summary>
    public bool FlushToDisk { get; init; }

    /// <summary>Whether small files have no name until they are whole, where the system can do so.</summary>
    public bool AnonymousFiles { get; init; } = true;

    /// <summary>Tells the bytes free for a directory; <see langword="null"/> where they are not to be looked at.</summary>
    public Func<string, long?>? FreeSpace { get; init; }

    /// <summary>Where log messages go.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>The clock by which entries of <c>log.json</c> are gathered.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
