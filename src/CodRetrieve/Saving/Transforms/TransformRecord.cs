using System.Text;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>Names the transforms by which a directory's instances were made, <c>.codretrieve/transforms</c>: one identity in each line. Receipts have their numbers only.</summary>
internal static class TransformRecord
{
    // Whoever gives each run another identity must not let it grow without end.
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Notes a transform in a directory whose <c>.codretrieve</c> there is.</summary>
    public static async ValueTask WriteAsync(string root, string owner, TransformIdentity identity, SavingOptions options, CancellationToken cancellationToken)
    {
        var known = Read(root);
        if (known.Contains(identity.Text))
        {
            return;
        }

        var text = Encoding.ASCII.GetBytes(string.Concat(known.Append(identity.Text).Select(static one => one + "\n")));
        if (text.Length <= MaxBytes)
        {
            using var file = WholeFile.Create(StatePaths.Transforms(root), "transforms", owner, 0, options.Files, options.TimeProvider);
            options.Files.Write(file.Handle, text, 0);
            await file.CommitAsync(flush: options.Durability != Durability.None, overwrite: true, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The identity that has a number; <see langword="null"/> where it was not noted.</summary>
    public static string? Find(string root, ulong hash) => Read(root).Find(text => TransformIdentity.HashOf(text) == hash);

    private static List<string> Read(string root)
    {
        var path = StatePaths.Transforms(root);
        return !File.Exists(path) ? []
            : SymbolicLink.Is(path) ? throw new IOException($"{path} is a symbolic link, which is not followed. Remove it.")
            : new FileInfo(path).Length > MaxBytes ? []
            : [.. File.ReadAllLines(path, Encoding.ASCII)];
    }
}
