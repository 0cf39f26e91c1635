namespace CodRetrieve.Dimse;

/// <summary>An association as its requestor has it (DICOM PS3.8). For one caller at a time.</summary>
internal sealed partial class Association
{
    private const int MaxIdentifierBytes = 64 * 1024;

    private readonly DimseConnection _connection;
    private readonly DimseSaveOptions _options;
    private readonly PduReader _reader;
    private readonly PduWriter _writer;
    private readonly Dictionary<PresentationContext, (byte Id, byte Result)> _contexts;
    private readonly MessageAssembler _messages;
    private readonly Func<DimseMessage, ushort>? _onRequest;
    private ushort _messageId;

    private Association(
        DimseConnection connection,
        DimseSaveOptions options,
        PduReader reader,
        PduWriter writer,
        Dictionary<PresentationContext, (byte Id, byte Result)> contexts,
        Func<DimseMessage, ushort>? onRequest)
    {
        (_connection, _options, _reader, _writer, _contexts, _onRequest) = (connection, options, reader, writer, contexts, onRequest);
        _messages = new MessageAssembler(onRequest is null ? MaxIdentifierBytes : options.MaxReportBytes);
    }

    /// <summary>Whether the association ended, or the peer sent something that nobody waits for.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether the peer ended the association while it was not in use.</summary>
    public bool IsStale => IsBroken || _connection.HasInput;

    /// <summary>Makes an association over a connection, which is the association's from here on, also when this throws.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="address">The AE titles.</param>
    /// <param name="contexts">What is proposed.</param>
    /// <param name="options">Time limits.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <param name="onRequest">Called for a request of the peer; returns the status of the response.</param>
    /// <exception cref="AssociationException">The peer does not accept the association.</exception>
    public static async Task<Association> OpenAsync(
        DimseConnection connection,
        DimseAddress address,
        IReadOnlyList<PresentationContext> contexts,
        DimseSaveOptions options,
        CancellationToken cancellationToken,
        Func<DimseMessage, ushort>? onRequest = null)
    {
        using var deadline = new Deadline(options.TimeProvider, cancellationToken);
        deadline.Set(options.AssociationTimeout);
        try
        {
            var reader = new PduReader(connection.Stream);
            await connection.Stream.WriteAsync(AssociateRequest.Write(address, contexts), deadline.Token).ConfigureAwait(false);
            var (type, body) = await reader.ReadAsync(deadline.Token).ConfigureAwait(false);
            var accept = type switch
            {
                PduType.AssociateAccept => AssociateAccept.Parse(body.Span),
                PduType.AssociateReject => throw AssociationRejection.Rejected(body.Span, address),
                PduType.Abort => throw AssociationRejection.Aborted(body.Span),
                _ => throw AssociationException.Protocol($"a PDU of type {(byte)type} in response to an association request"),
            };
            var writer = new PduWriter(connection.Stream, accept.MaxPduLength);
            var results = contexts.Select((context, i) => (context, Id: AssociateRequest.IdAt(i)))
                .ToDictionary(static one => one.context, one => (one.Id, accept.ResultOf(one.Id, one.context)));
            return new Association(connection, options, reader, writer, results, onRequest);
        }
        catch (Exception e)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw e switch
            {
                AssociationException { Kind: AssociationFailureKind.Protocol } => new AssociationException(AssociationFailureKind.Rejected, e.Message, e),
                AssociationException { Kind: AssociationFailureKind.Broken } => new AssociationException(AssociationFailureKind.Unreachable, $"in response to an association request {e.Message}", e),
                IOException or ObjectDisposedException => new AssociationException(AssociationFailureKind.Unreachable, $"in response to an association request {AssociationException.Closed().Message}", e),
                OperationCanceledException when deadline.HasPassed => new AssociationException(
                    AssociationFailureKind.Unreachable, $"no response to an association request within {options.AssociationTimeout}. Check that the port is that of a DICOM storage SCP", e),
                _ => e,
            };
        }
    }

    /// <summary>The result of a context that was proposed; <see langword="null"/> for others.</summary>
    public byte? ResultOf(PresentationContext context) => _contexts.TryGetValue(context, out var found) ? found.Result : null;

    /// <summary>Sends an instance and returns what the peer says to it. Any exception leaves the association broken, and the instance not stored.</summary>
    /// <exception cref="AssociationException">The association broke.</exception>
    public async Task<StoreStatus> StoreAsync(PartTenFile file, ReplayableContent content, CancellationToken cancellationToken)
    {
        var (context, id) = (_contexts[file.Context].Id, ++_messageId);
        return await ExchangeAsync(CommandField.StoreResponse, id, content, SendAsync, cancellationToken).ConfigureAwait(false);

        async Task SendAsync(Func<bool, CancellationToken> step)
        {
            await _writer.WriteAsync(context, isCommand: true, CommandWriter.Store(id, file.Context.AbstractSyntax, file.SopInstanceUid), step).ConfigureAwait(false);
            await _writer.WriteDataSetAsync(context, content, step).ConfigureAwait(false);
        }
    }

    /// <summary>Asks the peer whether it is there (C-ECHO).</summary>
    /// <exception cref="AssociationException">The association broke.</exception>
    public async Task<StoreStatus> EchoAsync(CancellationToken cancellationToken)
    {
        var (context, id) = (_contexts[PresentationContext.Verification].Id, ++_messageId);
        return await ExchangeAsync(CommandField.EchoResponse, id, null, async step =>
            await _writer.WriteAsync(context, isCommand: true, CommandWriter.Echo(id), step).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks the peer what it has (C-FIND).</summary>
    /// <param name="identifier">The identifier.</param>
    /// <param name="onMatch">Called with the identifier of each match.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="AssociationException">The association broke.</exception>
    public Task<StoreStatus> FindAsync(byte[] identifier, Action<ReadOnlyMemory<byte>> onMatch, CancellationToken cancellationToken) =>
        RequestAsync(PresentationContext.StudyRootFind, CommandField.FindResponse, CommandWriter.Find, identifier, onMatch, cancellationToken);

    /// <summary>Requests storage commitment (N-ACTION). The report may come on this association, too, before this returns or later: see <see cref="ReceiveAsync"/>.</summary>
    /// <exception cref="AssociationException">The association broke.</exception>
    public Task<StoreStatus> RequestCommitmentAsync(byte[] information, CancellationToken cancellationToken) =>
        RequestAsync(PresentationContext.StorageCommitment, CommandField.ActionResponse, CommandWriter.RequestCommitment, information, null, cancellationToken);

    /// <summary>Ends the association in order, or closes the connection where the peer does not take part in it.</summary>
    public async Task ReleaseAsync()
    {
        using var deadline = new Deadline(_options.TimeProvider, CancellationToken.None);
        deadline.Set(_options.AssociationTimeout);
        try
        {
            if (!IsBroken)
            {
                await _connection.Stream.WriteAsync(Empty(PduType.ReleaseRequest), deadline.Token).ConfigureAwait(false);
                while (await _reader.ReadAsync(deadline.Token).ConfigureAwait(false) is var (type, body) && type is not (PduType.ReleaseResponse or PduType.Abort))
                {
                    if (type == PduType.ReleaseRequest)
                    {
                        await _connection.Stream.WriteAsync(Empty(PduType.ReleaseResponse), deadline.Token).ConfigureAwait(false);
                    }
                    else if (type == PduType.Data)
                    {
                        // A report that crossed the release counts, although it cannot be responded to.
                        Take(body.Span, static _ => { });
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException or AssociationException)
        {
            // Every instance was confirmed before; a peer that is gone has released the association, too.
            IsBroken = true;
        }
        finally
        {
            IsBroken = true;
            await _connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A PDU without content, but for four bytes.</summary>
    public static byte[] Empty(PduType type) => [(byte)type, 0, 0, 0, 0, 4, 0, 0, 0, 0];
}
