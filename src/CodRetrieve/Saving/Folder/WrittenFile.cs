namespace CodRetrieve.Saving;

/// <summary>An instance that has its name.</summary>
/// <param name="Path">Its path.</param>
/// <param name="SizeBytes">Its bytes.</param>
/// <param name="Crc32c">The CRC32C of its bytes; <see langword="null"/> where the index gave one, against which they were checked.</param>
/// <param name="LastWriteUtc">The time of its last write, by the clock of the file system.</param>
internal readonly record struct WrittenFile(string Path, long SizeBytes, uint? Crc32c, DateTime LastWriteUtc);
