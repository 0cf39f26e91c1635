using System.IO.Compression;

namespace CodRetrieve.Saving;

/// <summary>What is known of an entry before its content comes.</summary>
/// <param name="SizeBytes">The size that the content should have; <see langword="null"/> where nothing says it.</param>
/// <param name="Level">How it is compressed.</param>
internal readonly record struct ZipEntryForm(long? SizeBytes, CompressionLevel Level)
{
    /// <summary>The time of the last change, in the form of MS-DOS.</summary>
    public uint Time { get; init; } = LocalHeader.NoTime;

    /// <summary>The CRC32C that the content was checked against; where there is none it is computed.</summary>
    public uint? ExpectedCrc32c { get; init; }

    /// <summary>What another tool noted of the entry.</summary>
    public ZipAttributes? Attributes { get; init; }
}
