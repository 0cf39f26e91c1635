using CodRetrieve.IO;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Tests.Saving;

/// <summary>Files whose closing and renaming fails.</summary>
internal sealed class FailingFiles : FileOperations
{
    private const int SharingViolation = unchecked((int)0x80070020);
    private int _moves;

    /// <summary>How often a rename fails as it does while a virus scanner holds the file.</summary>
    public int MoveFailures { get; init; }

    /// <summary>What closing a file reports, whose bytes were all taken.</summary>
    public Func<string, Exception?> CloseFailure { get; set; } = _ => null;

    public int Moves => _moves;

    public override void Move(string from, string to, bool overwrite)
    {
        if (Interlocked.Increment(ref _moves) <= MoveFailures)
        {
            throw new IOException("The process cannot access the file because it is being used by another process.", SharingViolation);
        }

        base.Move(from, to, overwrite);
    }

    public override void Close(SafeFileHandle file, string path)
    {
        base.Close(file, path);
        Fail(path);
    }

    public override bool TryLink(SafeFileHandle file, string path)
    {
        Fail(path);
        return base.TryLink(file, path);
    }

    private void Fail(string path)
    {
        if (CloseFailure(path) is { } failure)
        {
            throw failure;
        }
    }
}
