namespace CodRetrieve.Dimse;

/// <summary>An association as its requestor has it (DICOM PS3.8). For one caller at a time.</summary>
internal sealed partial class Association
{
    private readonly DimseConnection _connection;
    private readonly DimseSaveOptions _options;
    private readonly PduReader _reader;
    private readonly PduWriter _writer;
    private readonly Dictionary<PresentationContext, (byte Id, byte Result)> _contexts;
    private ushort _messageId;

    private Association(DimseConnection connection, DimseSaveOptions options, PduReader reader, PduWriter writer, Dictionary<PresentationContext, (byte Id, byte Result)> contexts) =>
        (_connection, _options, _reader, _writer, _contexts) = (connection, options, reader, writer, contexts);

    /// <summary>Whether the association ended, or the peer sent something that nobody waits for.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether the peer ended the association while it was not in use.</summary>
    public bool IsStale => IsBroken || _connection.HasInput;

    /// <summary>Makes an association over a connection, which is the association's from here on, also when this throws.</summary>
    /// <exception cref="AssociationException">The peer does not accept the association.</exception>
    public static async Task<Association> OpenAsync(
        DimseConnection connection, DimseAddress address, IReadOnlyList<PresentationContext> contexts, DimseSaveOptions options, CancellationToken cancellationToken)
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
            return new Association(connection, options, reader, writer, results);
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
            await _writer.WriteCommandAsync(context, CommandWriter.Store(id, file.Context.AbstractSyntax, file.SopInstanceUid), step).ConfigureAwait(false);
            await _writer.WriteDataSetAsync(context, content, step).ConfigureAwait(false);
        }
    }

    /// <summary>Asks the peer whether it is there (C-ECHO).</summary>
    /// <exception cref="AssociationException">The association broke.</exception>
    public async Task<StoreStatus> EchoAsync(CancellationToken cancellationToken)
    {
        var (context, id) = (_contexts[PresentationContext.Verification].Id, ++_messageId);
        return await ExchangeAsync(CommandField.EchoResponse, id, null, async step =>
            await _writer.WriteCommandAsync(context, CommandWriter.Echo(id), step).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

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
                while ((await _reader.ReadAsync(deadline.Token).ConfigureAwait(false)).Type is var type and not (PduType.ReleaseResponse or PduType.Abort))
                {
                    if (type == PduType.ReleaseRequest)
                    {
                        await _connection.Stream.WriteAsync(Empty(PduType.ReleaseResponse), deadline.Token).ConfigureAwait(false);
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

    private static byte[] Empty(PduType type) => [(byte)type, 0, 0, 0, 0, 4, 0, 0, 0, 0];
}
