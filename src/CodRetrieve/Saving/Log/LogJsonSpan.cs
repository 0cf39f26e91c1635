namespace CodRetrieve.Saving;

/// <summary>A piece of a file.</summary>
/// <param name="Start">The offset of its first byte.</param>
/// <param name="End">The offset behind its last byte.</param>
internal readonly record struct LogJsonSpan(long Start, long End);
