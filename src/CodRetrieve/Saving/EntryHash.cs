using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CodRetrieve.Saving;

/// <summary>
/// Stands for a name in sets with very many: 16 bytes instead of some 300 of a string. Half of a SHA-256: names come from a store that
/// others write, and none must pass for another.
/// </summary>
internal static class EntryHash
{
    public static UInt128 Of(ReadOnlySpan<byte> utf8)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    /// <summary>The hash of the name that an instance has below its study, in a folder as in a zip.</summary>
    public static UInt128 Of(InstanceInfo instance) => Of(ZipDirectory.EntryName(instance));

    public static UInt128 Of(string name) => Of(Encoding.UTF8.GetBytes(name));
}
