namespace CodRetrieve.Saving;

/// <summary>What a transformed instance was made of, and by what.</summary>
/// <param name="Transform">The number of the transform's identity.</param>
/// <param name="SourceCrc32c">The CRC32C of the source, which was compared with it.</param>
internal readonly record struct TransformOrigin(ulong Transform, uint SourceCrc32c);
