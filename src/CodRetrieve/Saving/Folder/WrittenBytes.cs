namespace CodRetrieve.Saving;

/// <summary>What was copied into a file.</summary>
/// <param name="SizeBytes">The number of bytes.</param>
/// <param name="Crc32c">Their CRC32C, if it was asked for.</param>
internal readonly record struct WrittenBytes(long SizeBytes, uint? Crc32c);
