using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using CodRetrieve.Storage;

namespace CodRetrieve.Dimse;

/// <summary>A connection to an archive, with TLS where the address says so.</summary>
internal sealed class DimseConnection(Stream stream, Socket? socket = null) : IAsyncDisposable
{
    public Stream Stream { get; } = stream;

    /// <summary>Whether the peer sent something, or closed the connection, while nothing was expected of it.</summary>
    public bool HasInput => socket is not null && socket.Poll(0, SelectMode.SelectRead);

    /// <exception cref="AssociationException">There is no connection.</exception>
    public static async Task<DimseConnection> ConnectAsync(DimseAddress address, DimseSaveOptions options, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(options.TimeProvider, cancellationToken);
        deadline.Set(options.ConnectTimeout);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, deadline.Token).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (address.UseTls)
            {
                var encrypted = new SslStream(stream);
                stream = encrypted;
                await encrypted.AuthenticateAsClientAsync(Authentication(address, options), deadline.Token).ConfigureAwait(false);
            }

            return new DimseConnection(stream, socket);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }

            switch (e)
            {
                case SocketException:
                    throw new AssociationException(AssociationFailureKind.Unreachable, $"no connection ({e.Message}). Check host and port, and that the archive runs and no firewall is between", e);
                case CertificateRejectedException:
                    throw new AssociationException(
                        AssociationFailureKind.Rejected,
                        $"TLS failed: the certificate of the archive is rejected, {e.Message}. Give its authority with CertificateAuthorities, or the archive another certificate",
                        e);
                case AuthenticationException:
                    throw new AssociationException(AssociationFailureKind.Rejected, $"TLS failed: {e.Message} Check the certificates of both sides", e);
                case IOException:
                    throw new AssociationException(AssociationFailureKind.Unreachable, "the peer closed the connection during the TLS handshake. Check that the port is one for TLS, and whether the archive requires a client certificate", e);
                case OperationCanceledException when deadline.HasPassed:
                    throw new AssociationException(AssociationFailureKind.Unreachable, $"no connection within {options.ConnectTimeout}. Check host and port, and that no firewall is between", e);
                default:
                    throw;
            }
        }
    }

    /// <summary>Closes the connection so that the peer cannot take what was sent for a whole: unsent bytes are discarded.</summary>
    public void Reset()
    {
        if (socket is not null)
        {
            socket.Close(0);
        }
    }

    public ValueTask DisposeAsync() => Stream.DisposeAsync();

    private static SslClientAuthenticationOptions Authentication(DimseAddress address, DimseSaveOptions options)
    {
        var authentication = new SslClientAuthenticationOptions { TargetHost = address.Host };
        if (options.ClientCertificate is { } certificate)
        {
            authentication.ClientCertificates = [certificate];

            // Sent also where the archive lists authorities that it knows by other names.
            authentication.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }

        authentication.RemoteCertificateValidationCallback = new CertificateCheck(options.CertificateAuthorities, options.TimeProvider).Validate;
        return authentication;
    }
}
