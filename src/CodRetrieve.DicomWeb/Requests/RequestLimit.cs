namespace CodRetrieve.DicomWeb;

/// <summary>How many bytes of several instances a receiver takes in a request, as far as it has refused some (413). Safe for use by several threads.</summary>
internal sealed class RequestLimit
{
    private readonly object _gate = new();
    private long _maxBytes = long.MaxValue;

    /// <summary>The most bytes that were not refused yet.</summary>
    public long MaxBytes
    {
        get
        {
            lock (_gate)
            {
                return _maxBytes;
            }
        }
    }

    /// <summary>Notes that so many bytes were too many; requests are half of that from now on, as the refused one is.</summary>
    public void Refused(long bytes)
    {
        lock (_gate)
        {
            _maxBytes = Math.Min(_maxBytes, Math.Max(1, bytes / 2));
        }
    }
}
