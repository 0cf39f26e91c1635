using System.Text;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>Which layout a directory has, <c>.codretrieve/layout</c>; without that file the default one, where something was saved.</summary>
internal static class LayoutRecord
{
    /// <summary>Makes sure that a directory has the layout that it is opened with, or may be given it.</summary>
    /// <exception cref="DestinationException">It has another one.</exception>
    /// <exception cref="IOException">The record cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The record may not be read.</exception>
    public static void Check(string root, SavingOptions options)
    {
        // Where nothing is saved there is nothing to be found again.
        if (HasStudies(root))
        {
            ThrowIfOther(root, TryRead(root) ?? FolderLayout.Default.Signature, options);
        }
    }

    /// <summary>Records the layout of a directory whose <c>.codretrieve</c> there is.</summary>
    public static async ValueTask WriteAsync(string root, string owner, SavingOptions options, CancellationToken cancellationToken)
    {
        var recorded = TryRead(root);
        if (recorded == options.Layout.Signature || (recorded is null && options.Layout.IsDefault))
        {
            return;
        }

        using var file = WholeFile.Create(StatePaths.Layout(root), "layout", owner, 0, options.Files, options.TimeProvider);
        options.Files.Write(file.Handle, Encoding.UTF8.GetBytes(options.Layout.Signature + "\n"), 0);
        await file.CommitAsync(flush: options.Durability != Durability.None, overwrite: true, cancellationToken).ConfigureAwait(false);
    }

    public static void ThrowIfOther(string root, string recorded, SavingOptions options)
    {
        if (recorded != options.Layout.Signature && !options.Relayout)
        {
            throw new DestinationException(
                DestinationFailure.OtherLayout,
                $"{root} was saved in the layout '{recorded}', and not in '{options.Layout.Signature}'. Give the same one, choose another directory, or move what is there by --relayout ({nameof(SavingOptions)}.{nameof(SavingOptions.Relayout)}).");
        }
    }

    private static bool HasStudies(string root)
    {
        var studies = Path.GetDirectoryName(StatePaths.Receipts(root, "0"))!;
        return Directory.Exists(studies) && Directory.EnumerateFiles(studies).Any();
    }

    private static string? TryRead(string root)
    {
        var path = StatePaths.Layout(root);
        return !File.Exists(path) ? null
            : SymbolicLink.Is(path) ? throw new IOException($"{path} is a symbolic link, which is not followed. Remove it.")
            : File.ReadAllText(path).TrimEnd('\n', '\r');
    }
}
