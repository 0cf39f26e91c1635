namespace CodRetrieve.Dimse;

/// <content>A request and its response.</content>
internal sealed partial class Association
{
    // How long a peer that broke the connection may take to say why.
    private static readonly TimeSpan ReasonTimeout = TimeSpan.FromSeconds(1);

    private async Task<StoreStatus> ExchangeAsync(
        CommandField expected, ushort messageId, ReplayableContent? content, Func<Func<bool, CancellationToken>, Task> send, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(_options.TimeProvider, cancellationToken);

        // Read while sending: a peer that aborts says so at once, and its reason is lost when the connection is gone.
        var response = ReadResponseAsync(expected, messageId, deadline.Token);
        try
        {
            await send(Step).ConfigureAwait(false);
            deadline.Set(_options.ResponseTimeout);
            return await response.ConfigureAwait(false);
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

    private async Task<StoreStatus> ReadResponseAsync(CommandField expected, ushort messageId, CancellationToken cancellationToken)
    {
        var assembler = new ResponseAssembler();
        while (true)
        {
            var (type, body) = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            switch (type)
            {
                case PduType.Data when assembler.Add(body.Span) is { } response:
                    return response.Field == (ushort)expected && response.MessageId == messageId && !response.HasDataSet
                        ? new StoreStatus(response.Status)
                        : throw AssociationException.Protocol("a response to another request");
                case PduType.Data:
                    break;
                case PduType.Abort:
                    throw AssociationRejection.Aborted(body.Span);
                case PduType.ReleaseRequest:
                    throw new AssociationException(AssociationFailureKind.Broken, "the peer released the association before it responded. Look in its log for the reason");
                default:
                    throw AssociationException.Protocol($"a PDU of type {(byte)type} in response to a request");
            }
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
