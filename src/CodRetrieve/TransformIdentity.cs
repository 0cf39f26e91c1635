using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CodRetrieve;

/// <summary>What a transform calls itself, and the number that stands for it in receipts.</summary>
/// <param name="Text">The name and the version.</param>
/// <param name="Hash">The number, never 0.</param>
internal sealed record TransformIdentity(string Text, ulong Hash)
{
    private const int MaxLength = 200;

    /// <summary>Returns the identity of a transform; <see langword="null"/> for none.</summary>
    /// <exception cref="ArgumentException">It has none, or not a proper one.</exception>
    public static TransformIdentity? Of(IInstanceTransform? transform)
    {
        if (transform is null)
        {
            return null;
        }

        var text = transform.Identity;
        return text is not { Length: > 0 and <= MaxLength } || text.AsSpan().ContainsAnyExceptInRange(' ', '~') || string.IsNullOrWhiteSpace(text)
            ? throw new ArgumentException(
                $"The {nameof(IInstanceTransform.Identity)} of the transform {transform.GetType().Name} must have from 1 to {MaxLength} printable ASCII characters.", nameof(CodDownloadOptions.Transform))
            : new TransformIdentity(text, HashOf(text));
    }

    /// <summary>The number of an identity.</summary>
    public static ulong HashOf(string text) => Math.Max(1, BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.ASCII.GetBytes(text))));
}
