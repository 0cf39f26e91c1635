namespace CodRetrieve.Dimse;

/// <content>A request and its response.</content>
internal sealed partial class Association
{
    // How long a peer that broke the connection may take to say why.
    private static readonly TimeSpan ReasonTimeout = TimeSpan.FromSeconds(1);

    // What a peer may ask for while it is asked for something.
    private const int MaxUnanswered = 64;

    private readonly Queue<(DimseMessage Request, ushort Status)> _unanswered = [];

    /// <summary>
    /// Waits for a request of the peer, such as the report of a storage commitment, and responds to it. The association can be used as before when this was cancelled.
    /// </summary>
    /// <exception cref="AssociationException">The association ended.</exception>
    public async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        await WaitForInputAsync(cancellationToken).ConfigureAwait(false);
        using var deadline = new Deadline(_options.TimeProvider, CancellationToken.None);
        deadline.Set(_options.IdleTimeout);
        try
        {
            var hasRequest = false;
            while (!hasRequest)
            {
                var (type, body) = await _reader.ReadAsync(deadline.Token).ConfigureAwait(false);
                ThrowIfEnded(type, body.Span);
                Take(body.Span, static message => throw AssociationException.Protocol($"a response to no request ({(ushort)message.Field:X4})"));
                hasRequest = _unanswered.Count > 0;
            }

            await RespondAsync(deadline).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await AbortAsync().ConfigureAwait(false);
            throw e is OperationCanceledException or IOException or ObjectDisposedException ? AssociationException.Closed(e) : e;
        }
    }

    private async Task WaitForInputAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _reader.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (AssociationException)
        {
            await AbortAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<StoreStatus> RequestAsync(
        PresentationContext context, CommandField expected, Func<ushort, byte[]> command, byte[] dataSet, Action<ReadOnlyMemory<byte>>? onPending, CancellationToken cancellationToken)
    {
        var (contextId, id) = (_contexts[context].Id, ++_messageId);
        return await ExchangeAsync(
            expected,
            id,
            null,
            async step =>
            {
                await _writer.WriteAsync(contextId, isCommand: true, command(id), step).ConfigureAwait(false);
                await _writer.WriteAsync(contextId, isCommand: false, dataSet, step).ConfigureAwait(false);
            },
            cancellationToken,
            onPending).ConfigureAwait(false);
    }

    private async Task<StoreStatus> ExchangeAsync(
        CommandField expected,
        ushort messageId,
        ReplayableContent? content,
        Func<Func<bool, CancellationToken>, Task> send,
        CancellationToken cancellationToken,
        Action<ReadOnlyMemory<byte>>? onPending = null)
    {
        using var deadline = new Deadline(_options.TimeProvider, cancellationToken);

        // Read while sending: a peer that aborts says so at once, and its reason is lost when the connection is gone.
        var response = ReadResponseAsync(expected, messageId, onPending, deadline);
        try
        {
            await send(Step).ConfigureAwait(false);
            deadline.Set(_options.ResponseTimeout);
            var status = await response.ConfigureAwait(false);
            await TryRespondAsync(deadline).ConfigureAwait(false);
            return status;
        }
        catch (Exception e)
        {
            var cause = content?.Failure is null ? await CauseAsync(e, response, deadline).ConfigureAwait(false) : e;
            await AbortAsync().ConfigureAwait(false);
            await ((Task)response).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ReferenceEquals(cause, e))
            {
                throw;
            }

            throw cause;
        }

        CancellationToken Step(bool isWrite)
        {
            if (response.IsFaulted)
            {
                throw response.Exception!.InnerException!;
            }

            if (isWrite)
            {
                deadline.Set(_options.IdleTimeout);
            }
            else
            {
                // The time that the store takes is not the peer's.
                deadline.Clear();
            }

            return deadline.Token;
        }
    }

    private static async Task<Exception> CauseAsync(Exception e, Task<StoreStatus> response, Deadline deadline)
    {
        if (e is OperationCanceledException && deadline.HasPassed)
        {
            return new AssociationException(AssociationFailureKind.TimedOut, "the peer did not take bytes, or did not respond, in time. Look in its log, or raise IdleTimeout or ResponseTimeout", e);
        }

        if (e is not (IOException or ObjectDisposedException))
        {
            return e;
        }

        deadline.Set(ReasonTimeout);
        try
        {
            await response.ConfigureAwait(false);
            return AssociationException.Closed(e);
        }
        catch (AssociationException reason)
        {
            return reason;
        }
        catch (OperationCanceledException)
        {
            return AssociationException.Closed(e);
        }
    }

    private async Task<StoreStatus> ReadResponseAsync(CommandField expected, ushort messageId, Action<ReadOnlyMemory<byte>>? onPending, Deadline deadline)
    {
        StoreStatus? status = null;
        while (status is null)
        {
            var (type, body) = await _reader.ReadAsync(deadline.Token).ConfigureAwait(false);
            ThrowIfEnded(type, body.Span);
            Take(body.Span, message =>
            {
                var isPending = onPending is not null && message.Status is (0xFF00 or 0xFF01);

                // Some archives send the last identifier once more with the final response, and a data set with that to an N-ACTION: it has no meaning.
                if (message.Field != expected || message.RespondedTo != messageId || status is not null || (message.HasDataSet && expected is (CommandField.StoreResponse or CommandField.EchoResponse)))
                {
                    throw AssociationException.Protocol("a response to another request");
                }

                if (isPending)
                {
                    onPending!(message.DataSet);
                    deadline.Set(_options.ResponseTimeout);
                }
                else
                {
                    status = new StoreStatus(message.Status);
                }
            });
        }

        return status.Value;
    }

    // Requests of the peer are kept, and responded to when nothing else is being sent.
    private void Take(ReadOnlySpan<byte> body, Action<DimseMessage> onResponse)
    {
        _messages.Add(body);
        while (_messages.Take() is { } message)
        {
            if (message.IsResponse)
            {
                onResponse(message);
            }
            else if (_onRequest is null || _unanswered.Count == MaxUnanswered)
            {
                throw AssociationException.Protocol("a request, where it was asked for something");
            }
            else
            {
                _unanswered.Enqueue((message, _onRequest(message)));
            }
        }
    }

    // What the peer confirmed stays confirmed, even if it no longer takes a response to something else.
    private async Task TryRespondAsync(Deadline deadline)
    {
        try
        {
            await RespondAsync(deadline).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            await AbortAsync().ConfigureAwait(false);
        }
    }

    private async Task RespondAsync(Deadline deadline)
    {
        while (_unanswered.TryDequeue(out var next))
        {
            await _writer.WriteAsync(next.Request.ContextId, isCommand: true, CommandWriter.Respond(next.Request, next.Status), _ => deadline.Token).ConfigureAwait(false);
        }
    }

    private static void ThrowIfEnded(PduType type, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case PduType.Data:
                return;
            case PduType.Abort:
                throw AssociationRejection.Aborted(body);
            case PduType.ReleaseRequest:
                throw new AssociationException(AssociationFailureKind.Broken, "the peer released the association before it responded. Look in its log for the reason");
            default:
                throw AssociationException.Protocol($"a PDU of type {(byte)type} in response to a request");
        }
    }

    private async Task AbortAsync()
    {
        IsBroken = true;
        if (_writer.IsWithinPdu)
        {
            // An A-ABORT behind a partial PDU would be taken for its rest, and could complete the instance.
            _connection.Reset();
            await _connection.DisposeAsync().ConfigureAwait(false);
            return;
        }

        using var deadline = new Deadline(TimeProvider.System, CancellationToken.None);
        deadline.Set(ReasonTimeout);
        try
        {
            await _connection.Stream.WriteAsync(Empty(PduType.Abort), deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            _connection.Reset();
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
    }
}
