using System.Text;

namespace CodRetrieve.Cli.Output;

/// <summary>
/// Standard output or error that may be closed or on a full device: what cannot be printed is left out, and does not keep anything from being saved. Thread safe.
/// </summary>
internal sealed class GuardedWriter : TextWriter
{
    private readonly TextWriter _inner;
    private volatile Exception? _failure;

    /// <param name="inner">Where it writes.</param>
    /// <param name="isClosed">Whether that is known to lead nowhere.</param>
    public GuardedWriter(TextWriter inner, bool isClosed = false)
    {
        _inner = Synchronized(inner);
        IsClosed = isClosed;
    }

    public bool IsClosed { get; }

    public override Encoding Encoding => _inner.Encoding;

    /// <summary>Why something could not be printed; <see langword="null"/> where everything was.</summary>
    public Exception? Failure => _failure;

    public override void Write(char value) => Guard(value, static (inner, value) => inner.Write(value));

    public override void Write(string? value) => Guard(value, static (inner, value) => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Guard((buffer, index, count), static (inner, value) => inner.Write(value.buffer, value.index, value.count));

    public override void WriteLine() => Guard(0, static (inner, _) => inner.WriteLine());

    public override void WriteLine(string? value) => Guard(value, static (inner, value) => inner.WriteLine(value));

    public override void Flush() => Guard(0, static (inner, _) => inner.Flush());

    private void Guard<T>(T value, Action<TextWriter, T> write)
    {
        if (_failure is not null)
        {
            return;
        }

        try
        {
            if (IsClosed)
            {
                throw new IOException("It is closed.");
            }

            write(_inner, value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            _failure = e;
        }
    }
}
