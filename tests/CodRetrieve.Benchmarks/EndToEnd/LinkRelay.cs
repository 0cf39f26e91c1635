using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using CodRetrieve.Testing;

namespace CodRetrieve.Benchmarks.EndToEnd;

/// <summary>
/// A relay on loopback that makes a server as far away as a <see cref="TestLink"/> says. It knows nothing of what it relays: what arrives from the client after a
/// response counts as the next request.
/// </summary>
internal sealed class LinkRelay : IAsyncDisposable
{
    // What one connection has under way before its server must wait, as a socket's buffer does.
    private const int QueuedChunks = 64;
    private const int ChunkBytes = 64 * 1024;

    private readonly TestLink _link;
    private readonly int _upstream;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly object _lock = new();
    private readonly Task _accepting;
    private long _busyUntil;
    private long _responseBytes;

    private LinkRelay(TestLink link, int upstream)
    {
        (_link, _upstream) = (link, upstream);
        _listener.Start(backlog: 512);
        _accepting = AcceptAsync();
    }

    /// <summary>The bytes of responses that it has taken from the server so far.</summary>
    public long ResponseBytes
    {
        get
        {
            lock (_lock)
            {
                return _responseBytes;
            }
        }
    }

    public Uri Endpoint => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public static LinkRelay Start(TestLink link, Uri upstream) => new(link, upstream.Port);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _accepting;
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_ending.Token);
                _ = RelayAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Ended.
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _upstream, _ending.Token);
            var connection = new Connection { Ready = Stopwatch.GetTimestamp() + Ticks(_link.RoundTrip * _link.ConnectionRoundTrips) };
            await Task.WhenAll(PumpAsync(client, server, connection.OfRequest, this), PumpAsync(server, client, connection.OfResponse, this));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One of the two hung up.
        }
        finally
        {
            client.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Func<LinkRelay, int, long> dueAt, LinkRelay relay)
    {
        var chunks = Channel.CreateBounded<(byte[] Bytes, int Count, long Due)>(QueuedChunks);
        var sending = SendAsync(to, chunks.Reader);
        try
        {
            while (true)
            {
                var bytes = ArrayPool<byte>.Shared.Rent(ChunkBytes);
                var count = await from.ReceiveAsync(bytes, _ending.Token);
                if (count == 0)
                {
                    break;
                }

                await chunks.Writer.WriteAsync((bytes, count, dueAt(relay, count)), _ending.Token);
            }
        }
        finally
        {
            chunks.Writer.Complete();
            await sending;
        }
    }

    private async Task SendAsync(Socket to, ChannelReader<(byte[] Bytes, int Count, long Due)> chunks)
    {
        await foreach (var (bytes, count, due) in chunks.ReadAllAsync(_ending.Token))
        {
            var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
            if (wait > TimeSpan.FromMilliseconds(0.5))
            {
                await Task.Delay(wait, _ending.Token);
            }

            for (var sent = 0; sent < count;)
            {
                sent += await to.SendAsync(bytes.AsMemory(sent, count - sent), _ending.Token);
            }

            ArrayPool<byte>.Shared.Return(bytes);
        }

        to.Shutdown(SocketShutdown.Send);
    }

    private long Send(long from, int bytes)
    {
        lock (_lock)
        {
            _responseBytes += bytes;
            return _busyUntil = Math.Max(_busyUntil, from) + Ticks(bytes, _link.BytesPerSecond);
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private static long Ticks(long bytes, long bytesPerSecond) => (long)((double)bytes / bytesPerSecond * Stopwatch.Frequency);

    /// <summary>When what passes one connection arrives on the other side.</summary>
    private sealed class Connection
    {
        private long _busyUntil;
        private volatile bool _isAwaitingResponse;

        /// <summary>When the handshakes are over.</summary>
        public long Ready { get; init; }

        public long OfRequest(LinkRelay relay, int bytes)
        {
            _isAwaitingResponse = true;
            return Math.Max(Ready, Stopwatch.GetTimestamp()) + Ticks(relay._link.RoundTrip / 2);
        }

        public long OfResponse(LinkRelay relay, int bytes)
        {
            var now = Stopwatch.GetTimestamp();
            if (_isAwaitingResponse)
            {
                _isAwaitingResponse = false;
                now += Ticks(relay._link.TimeToFirstByte);
            }

            _busyUntil = Math.Max(_busyUntil, now) + Ticks(bytes, relay._link.BytesPerSecondPerConnection);
            _busyUntil = Math.Max(_busyUntil, relay.Send(now, bytes));
            return _busyUntil + Ticks(relay._link.RoundTrip / 2);
        }
    }
}
