using System.Globalization;
using System.Numerics;

namespace CodRetrieve.Dimse;

/// <summary>The storage commitments that were requested and not reported yet. Reports come on any association. Safe for use by several threads.</summary>
internal sealed class CommitmentTransactions
{
    private const int MaxEnded = 1024;
    private const ushort NoSuchObjectInstance = 0x0112;
    private const ushort SopClassNotSupported = 0x0122;
    private const ushort InvalidArgument = 0x0115;
    private const ushort UnrecognizedOperation = 0x0211;

    private readonly object _gate = new();
    private readonly Dictionary<string, TaskCompletionSource<CommitmentReport>> _open = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);

    /// <summary>Whether a report that was waited for has ever come on an association that the archive made.</summary>
    public bool WasReportedElsewhere { get; private set; }

    /// <summary>Begins a transaction, before it is requested: a report may come before the response to the request.</summary>
    public (string TransactionUid, Task<CommitmentReport> Report) Begin()
    {
        // A UID made of a UUID (DICOM PS3.5, section B.2): nobody else can guess it.
        var uid = "2.25." + new BigInteger(Guid.NewGuid().ToByteArray(), isUnsigned: true).ToString(CultureInfo.InvariantCulture);
        var source = new TaskCompletionSource<CommitmentReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _open.Add(uid, source);
        }

        return (uid, source.Task);
    }

    /// <summary>Ends a transaction; a report that comes later is acknowledged and not used.</summary>
    public void End(string transactionUid)
    {
        lock (_gate)
        {
            if (_open.Remove(transactionUid))
            {
                AddEnded(transactionUid);
            }
        }
    }

    /// <summary>Takes a request of the peer on an association that this side made.</summary>
    /// <returns>The status of the response.</returns>
    public ushort Take(DimseMessage request)
    {
        var status = TakeAny(request, out var complete);
        complete?.Invoke();
        return status;
    }

    /// <summary>Takes a request of the peer on an association that it made.</summary>
    /// <param name="request">The request.</param>
    /// <param name="complete">Hands a report to who waits for it; to be called when the peer has its response. <see langword="null"/> where nobody does.</param>
    /// <returns>The status of the response.</returns>
    public ushort Take(DimseMessage request, out Action? complete)
    {
        var status = TakeAny(request, out complete);
        WasReportedElsewhere |= complete is not null;
        return status;
    }

    private ushort TakeAny(DimseMessage request, out Action? complete)
    {
        complete = null;
        if (request.Field == CommandField.EchoRequest)
        {
            return 0;
        }

        if (request.Field != CommandField.EventReportRequest)
        {
            return UnrecognizedOperation;
        }

        if (request.SopClassUid is { } sopClass && sopClass != PresentationContext.StorageCommitment.AbstractSyntax)
        {
            return SopClassNotSupported;
        }

        try
        {
            return CommitmentReport.Read(request.DataSet.Span) is var (uid, report) ? Take(uid, report, out complete) : InvalidArgument;
        }
        catch (AssociationException)
        {
            return InvalidArgument;
        }
    }

    private ushort Take(string transactionUid, CommitmentReport report, out Action? complete)
    {
        complete = null;
        lock (_gate)
        {
            if (!_open.Remove(transactionUid, out var source))
            {
                // An archive that missed the response reports again.
                return _ended.Contains(transactionUid) ? (ushort)0 : NoSuchObjectInstance;
            }

            AddEnded(transactionUid);
            complete = () => source.TrySetResult(report);
            return 0;
        }
    }

    private void AddEnded(string transactionUid)
    {
        if (_ended.Count == MaxEnded)
        {
            _ended.Clear();
        }

        _ended.Add(transactionUid);
    }
}
