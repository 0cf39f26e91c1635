using CodRetrieve.IO;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Saving;

/// <summary>
/// Shared by all jobs that save into a directory, and held on the directory itself: so a job notices that <c>.codretrieve</c>, and with it the
/// locks of studies, was removed under another one. On Windows the open files in it cannot be removed, and nothing is locked here.
/// </summary>
internal sealed class RootLock : IDisposable
{
    // As long as it takes another job to create the folder.
    private const int Attempts = 40;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private RootLock(SafeFileHandle? directory) => Directory = directory;

    /// <summary>The open directory; <see langword="null"/> where the system cannot open one.</summary>
    public SafeFileHandle? Directory { get; }

    /// <summary>Joins the jobs of a directory that exists, and creates its <c>.codretrieve</c> if there is none.</summary>
    /// <exception cref="DestinationException">Another job lost its <c>.codretrieve</c>.</exception>
    public static async ValueTask<RootLock> TakeAsync(string root, TimeProvider time, CancellationToken cancellationToken)
    {
        var directory = Posix.TryOpenDirectory(root);
        try
        {
            await JoinAsync(directory, root, time, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            directory?.Dispose();
            throw;
        }

        return new RootLock(directory);
    }

    /// <summary>Leaves the directory.</summary>
    public void Dispose() => Directory?.Dispose();

    private static async ValueTask JoinAsync(SafeFileHandle? directory, string root, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var attempt = 1; directory is not null && !Path.Exists(StatePaths.In(root)); attempt++)
        {
            // Who creates the folder must be alone; another may be creating it right now.
            if (Posix.TryLock(directory, exclusive: true) || !Posix.IsRefused())
            {
                break;
            }

            if (attempt == Attempts)
            {
                throw new DestinationException(
                    DestinationFailure.InUse,
                    $"Another job is saving into {root}, whose .codretrieve folder was removed. Wait until that job ends, or choose another directory.");
            }

            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);
        }

        StatePaths.Create(root);
        if (directory is not null)
        {
            Posix.TryLock(directory, exclusive: false);
        }
    }
}
