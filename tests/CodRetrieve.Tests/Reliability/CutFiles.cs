using CodRetrieve.IO;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Tests.Reliability;

/// <summary>Files of a machine that goes off after a number of operations.</summary>
internal sealed class CutFiles : FileOperations
{
    private readonly object _lock = new();
    private readonly string _directory;
    private readonly int _cutAfter;
    private readonly Dictionary<string, (byte[] Bytes, DateTime Time)> _durable;
    private Dictionary<string, (byte[] Bytes, DateTime Time)>? _atTheCut;

    /// <param name="directory">The directory; what is in it is durable.</param>
    /// <param name="cutAfter">The number of operations.</param>
    public CutFiles(string directory, int cutAfter)
    {
        (_directory, _cutAfter) = (directory, cutAfter);
        _durable = Snapshot();
    }

    /// <summary>The operations before the machine went off.</summary>
    public int Operations { get; private set; }

    public bool IsCut => _atTheCut is not null;

    public override ValueTask WriteAsync(SafeFileHandle file, ReadOnlyMemory<byte> bytes, long offset, CancellationToken cancellationToken) => Do(() => base.WriteAsync(file, bytes, offset, cancellationToken));

    public override void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        var copy = bytes.ToArray();
        Do(() => base.Write(file, copy, offset));
    }

    public override void SetLength(SafeFileHandle file, long length) => Do(() => base.SetLength(file, length));

    public override void Close(SafeFileHandle file, string path) => Do(() => base.Close(file, path));

    public override bool TryLink(SafeFileHandle file, string path) => Do(() => base.TryLink(file, path));

    public override void Move(string from, string to, bool overwrite) => Do(() =>
    {
        base.Move(from, to, overwrite);

        // What was durable under the one name is so under the other.
        if (_durable.Remove(from, out var moved))
        {
            _durable[to] = moved;
        }
    });

    public override void Flush(SafeFileHandle file, string path) => Do(() =>
    {
        base.Flush(file, path);

        // A file that has no name yet gets it later, and an unfinished one has another.
        _durable[NameOf(file) ?? path] = (File.ReadAllBytes(Link(file)), File.GetLastWriteTimeUtc(file));
    });

    public override void FlushDirectory(string path) => Do(() => base.FlushDirectory(path));

    public override void FlushFileSystem(SafeFileHandle directory, string path) => Do(() =>
    {
        base.FlushFileSystem(directory, path);
        _durable.Clear();
        foreach (var (name, file) in Snapshot())
        {
            _durable[name] = file;
        }
    });

    /// <summary>Starts the machine again: what was not durable is there, cut off, full of zeros, as it was before, or not there at all.</summary>
    public void Lose(Random random)
    {
        var found = _atTheCut ?? Snapshot();
        foreach (var path in Directory.EnumerateFiles(_directory, "*", Everything).ToList())
        {
            File.Delete(path);
        }

        foreach (var path in found.Keys.Union(_durable.Keys))
        {
            (byte[] Bytes, DateTime Time)? now = found.TryGetValue(path, out var current) ? current : null;
            (byte[] Bytes, DateTime Time)? durable = _durable.TryGetValue(path, out var before) ? before : null;
            if (now is { } one && durable is { } other && one.Bytes.AsSpan().SequenceEqual(other.Bytes))
            {
                Write(path, one.Bytes, one.Time);
                continue;
            }

            switch (random.Next(4))
            {
                case 0 when now is { } whole:
                    Write(path, whole.Bytes, whole.Time);
                    break;
                case 1 when now is { } zeros:
                    Write(path, new byte[zeros.Bytes.Length], zeros.Time);
                    break;
                case 2 when now is { } part:
                    Write(path, part.Bytes[..random.Next(part.Bytes.Length + 1)], part.Time);
                    break;
                default:
                    if (durable is { } kept)
                    {
                        Write(path, kept.Bytes, kept.Time);
                    }

                    break;
            }
        }
    }

    private static EnumerationOptions Everything => new() { RecurseSubdirectories = true, AttributesToSkip = 0 };

    private static void Write(string path, byte[] bytes, DateTime time)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        File.SetLastWriteTimeUtc(path, time);
    }

    private static string Link(SafeFileHandle file) => $"/proc/self/fd/{file.DangerousGetHandle()}";

    private static string? NameOf(SafeFileHandle file) =>
        new FileInfo(Link(file)).LinkTarget is { } name && File.Exists(name) ? name : null;

    private Dictionary<string, (byte[] Bytes, DateTime Time)> Snapshot() => Directory.EnumerateFiles(_directory, "*", Everything)
        .Where(path => !path.Contains("/.codretrieve/locks/", StringComparison.Ordinal) && !path.Contains("/.codretrieve/runs/", StringComparison.Ordinal))
        .ToDictionary(path => path, path => (File.ReadAllBytes(path), File.GetLastWriteTimeUtc(path)), StringComparer.Ordinal);

    private void Do(Action operation) => Do(() =>
    {
        operation();
        return true;
    });

    private T Do<T>(Func<T> operation)
    {
        lock (_lock)
        {
            if (_atTheCut is null && Operations == _cutAfter)
            {
                _atTheCut = Snapshot();
            }

            if (_atTheCut is not null)
            {
                throw new IOException("The power failed.");
            }

            Operations++;
            return operation();
        }
    }
}
