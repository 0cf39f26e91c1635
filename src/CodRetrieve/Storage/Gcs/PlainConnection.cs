using System.Net.Sockets;

namespace CodRetrieve.Storage;

/// <summary>A connection that speaks HTTP without TLS, and notices at once that the other side speaks TLS. Owns the socket.</summary>
internal sealed class PlainConnection(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    // The type of a record with an alert (RFC 8446, section 5.1), which is what a server of TLS has to say to HTTP.
    private const byte TlsAlert = 21;

    private bool _hasBegun;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _hasBegun ? base.ReadAsync(buffer, cancellationToken) : BeginAsync(buffer, cancellationToken);

    private async ValueTask<int> BeginAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _hasBegun = count > 0;
        return _hasBegun && buffer.Span[0] == TlsAlert ? throw new TlsExpectedException() : count;
    }
}

/// <summary>The other side speaks TLS.</summary>
internal sealed class TlsExpectedException() : IOException("The other side speaks TLS.");
