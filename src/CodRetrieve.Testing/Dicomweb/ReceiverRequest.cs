namespace CodRetrieve.Testing;

/// <summary>A request that a <see cref="DicomWebReceiver"/> got.</summary>
public sealed class ReceiverRequest
{
    internal ReceiverRequest(string method, string path, string query) => (Method, Path, Query) = (method, path, query);

    /// <summary>The method.</summary>
    public string Method { get; }

    /// <summary>The path, such as <c>/dicom-web/studies</c>.</summary>
    public string Path { get; }

    /// <summary>The query with its question mark; empty for none.</summary>
    public string Query { get; }

    /// <summary>The Content-Length; null for none.</summary>
    public long? ContentLength { get; internal init; }

    /// <summary>The Content-Type; null for none.</summary>
    public string? ContentType { get; internal init; }

    /// <summary>The Authorization header; empty for none.</summary>
    public string Authorization { get; internal init; } = "";

    /// <summary>The number of parts of a store request; null where the body was not read, or not whole.</summary>
    public int? PartCount { get; internal set; }

    /// <summary>The status of the response.</summary>
    public int Status { get; internal set; }

    /// <summary>Whether the connection broke before the end.</summary>
    public bool IsAborted { get; internal set; }
}
