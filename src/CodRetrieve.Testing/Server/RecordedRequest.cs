namespace CodRetrieve.Testing;

/// <summary>One request that the server received; its outcome fills in while the response is sent.</summary>
/// <remarks>Thread-safe. The bytes and the status are counted before they are sent, so a client that has received a response finds it
/// recorded.</remarks>
public sealed class RecordedRequest
{
    private long _bytesSent;
    private int _statusCode;
    private volatile bool _completed;
    private volatile bool _aborted;
    private volatile string? _fault;

    internal RecordedRequest()
    {
    }

    /// <summary>What was asked for.</summary>
    public required RequestKind Kind { get; init; }

    /// <summary>The bucket named, or empty.</summary>
    public required string Bucket { get; init; }

    /// <summary>The object named; null for a listing.</summary>
    public string? ObjectName { get; init; }

    /// <summary>The prefix of a listing; null when none was given or for other kinds.</summary>
    public string? Prefix { get; init; }

    /// <summary>The page token of a listing, or null.</summary>
    public string? PageToken { get; init; }

    /// <summary>The Range header as received, or null.</summary>
    public string? Range { get; init; }

    /// <summary>The <c>generation</c> parameter, or null.</summary>
    public long? Generation { get; init; }

    /// <summary>The bearer token presented, or null.</summary>
    public string? BearerToken { get; init; }

    /// <summary>The path and query as received.</summary>
    public required string Target { get; init; }

    /// <summary>When the request arrived.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The status sent; 0 while there is none, and for a connection that was reset before its headers.</summary>
    public int StatusCode
    {
        get => Volatile.Read(ref _statusCode);
        internal set => Volatile.Write(ref _statusCode, value);
    }

    /// <summary>The body bytes handed to the connection so far.</summary>
    public long BytesSent => Interlocked.Read(ref _bytesSent);

    /// <summary>Whether the response is over, whole or not.</summary>
    public bool IsCompleted => _completed;

    /// <summary>Whether the connection broke, by the client or by a fault, before the response was whole.</summary>
    public bool IsAborted => _aborted;

    /// <summary>The fault that struck this request, as text; null for none.</summary>
    public string? Fault
    {
        get => _fault;
        internal set => _fault = value;
    }

    /// <summary>Kind, name, range and outcome in one line; never the token.</summary>
    public override string ToString() =>
        $"{Kind} {Bucket}/{ObjectName ?? Prefix} {Range} -> {StatusCode}, {BytesSent} bytes"
        + (IsAborted ? ", aborted" : "")
        + (Fault is null ? "" : $", {Fault}");

    internal void AddBytes(long count) => Interlocked.Add(ref _bytesSent, count);

    internal void Complete(bool aborted)
    {
        _aborted = aborted;
        _completed = true;
    }
}
