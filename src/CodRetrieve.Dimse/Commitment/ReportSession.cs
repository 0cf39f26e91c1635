using System.Net.Security;

namespace CodRetrieve.Dimse;

/// <summary>An association that an archive makes, to report what it has committed (DICOM PS3.4, section J.3.3); it may send a C-ECHO, too. Owns its stream.</summary>
internal sealed class ReportSession(Stream connection, DimseSaveOptions options, CommitmentTransactions transactions) : IAsyncDisposable
{
    private Stream _stream = connection;

    /// <summary>Whether it brought a report that was waited for, and may still end in order.</summary>
    public bool IsReporting { get; private set; }

    /// <summary>Serves it to its end.</summary>
    /// <exception cref="AssociationException">The peer does not keep to the protocol, or closed the connection.</exception>
    public async Task ServeAsync(CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(options.TimeProvider, cancellationToken);
        deadline.Set(options.AssociationTimeout);
        if (options.StorageCommitment!.ListenCertificate is { } certificate)
        {
            var encrypted = new SslStream(_stream);
            _stream = encrypted;
            await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, deadline.Token).ConfigureAwait(false);
        }

        var reader = new PduReader(_stream);
        try
        {
            var (type, body) = await reader.ReadAsync(deadline.Token).ConfigureAwait(false);
            if (type != PduType.AssociateRequest)
            {
                throw AssociationException.Protocol($"a PDU of type {(byte)type} in place of an association request");
            }

            var request = IncomingRequest.Parse(body.Span);
            await _stream.WriteAsync(request.Accept(), deadline.Token).ConfigureAwait(false);
            await ServeAsync(request, reader, deadline).ConfigureAwait(false);
        }
        catch (AssociationException e) when (e.Kind == AssociationFailureKind.Protocol)
        {
            await _stream.WriteAsync(Association.Empty(PduType.Abort), deadline.Token).ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task ServeAsync(IncomingRequest request, PduReader reader, Deadline deadline)
    {
        var writer = new PduWriter(_stream, request.MaxPduLength);
        var messages = new MessageAssembler(options.MaxReportBytes);
        while (true)
        {
            deadline.Set(options.IdleTimeout);
            var (type, body) = await reader.ReadAsync(deadline.Token).ConfigureAwait(false);
            switch (type)
            {
                case PduType.Data:
                    messages.Add(body.Span);
                    while (messages.Take() is { } message)
                    {
                        if (message.IsResponse || !request.Accepts(message.ContextId))
                        {
                            throw AssociationException.Protocol("a message in a context that was not accepted, or a response to no request");
                        }

                        await RespondAsync(writer, message, deadline).ConfigureAwait(false);
                    }

                    break;
                case PduType.ReleaseRequest:
                    await _stream.WriteAsync(Association.Empty(PduType.ReleaseResponse), deadline.Token).ConfigureAwait(false);
                    return;
                case PduType.Abort:
                    return;
                default:
                    throw AssociationException.Protocol($"a PDU of type {(byte)type} within an association");
            }
        }
    }

    // The job may end as soon as it knows the report, and the archive must have its response by then. What the archive said counts also where it no longer takes the response.
    private async Task RespondAsync(PduWriter writer, DimseMessage message, Deadline deadline)
    {
        var status = transactions.Take(message, out var complete);
        try
        {
            IsReporting |= complete is not null;
            await writer.WriteAsync(message.ContextId, isCommand: true, CommandWriter.Respond(message, status), _ => deadline.Token).ConfigureAwait(false);
        }
        finally
        {
            complete?.Invoke();
        }
    }
}
