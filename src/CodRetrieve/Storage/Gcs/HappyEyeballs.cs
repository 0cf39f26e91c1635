using System.Net;
using System.Net.Sockets;

namespace CodRetrieve.Storage;

/// <summary>
/// Connects to whichever address of a host responds first ("Happy Eyeballs", RFC 8305): IPv6 that leads nowhere costs a quarter of a second instead of
/// a whole connect timeout.
/// </summary>
/// <param name="resolve">Returns the addresses of a host, best first.</param>
/// <param name="connect">Connects to one of them.</param>
/// <param name="time">The clock.</param>
internal sealed class HappyEyeballs(
    Func<string, CancellationToken, Task<IPAddress[]>> resolve, Func<IPEndPoint, CancellationToken, Task<Stream>> connect, TimeProvider time)
{
    /// <summary>The head start of each address before the next (RFC 8305, section 5, "Connection Attempt Delay").</summary>
    internal static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    /// <summary>The one that connects by sockets.</summary>
    /// <param name="isPlain">Whether the connection is for HTTP without TLS.</param>
    public static HappyEyeballs OverSockets(bool isPlain) => new(Dns.GetHostAddressesAsync, (address, ct) => ConnectAsync(address, isPlain, ct), TimeProvider.System);

    /// <summary>Connects to a host.</summary>
    /// <exception cref="SocketException">No address can be connected to, or there is none.</exception>
    public async Task<Stream> ConnectAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        var addresses = Interleave(await resolve(host.Host, cancellationToken).ConfigureAwait(false));
        if (addresses.Count == 0)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        using var others = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task<Stream>>();
        Exception? failure = null;
        try
        {
            for (var next = 0; next < addresses.Count || running.Count > 0;)
            {
                if (next < addresses.Count)
                {
                    running.Add(connect(new IPEndPoint(addresses[next++], host.Port), others.Token));
                }

                var ended = await FirstAsync(running, mayWait: next == addresses.Count, others.Token).ConfigureAwait(false);
                if (ended is null)
                {
                    continue;
                }

                running.Remove(ended);
                if (ended.IsCompletedSuccessfully)
                {
                    return await ended.ConfigureAwait(false);
                }

                failure = ended.Exception?.InnerException ?? failure;
            }
        }
        finally
        {
            await others.CancelAsync().ConfigureAwait(false);
            foreach (var late in running)
            {
                IO.Abandoned.Observe(CloseAsync(late));
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw failure ?? new SocketException((int)SocketError.HostUnreachable);
    }

    /// <summary>The first attempt to end; <see langword="null"/> when it is time for the next address.</summary>
    private async Task<Task<Stream>?> FirstAsync(List<Task<Stream>> running, bool mayWait, CancellationToken cancellationToken)
    {
        var first = Task.WhenAny(running);
        try
        {
            return await (mayWait ? first.WaitAsync(cancellationToken) : first.WaitAsync(HeadStart, time, cancellationToken)).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private static async Task CloseAsync(Task<Stream> late)
    {
        var stream = await late.ConfigureAwait(false);
        await stream.DisposeAsync().ConfigureAwait(false);
    }

    // The families by turns, the first one that the system would take (RFC 8305, section 4).
    private static List<IPAddress> Interleave(IPAddress[] addresses)
    {
        var families = addresses.GroupBy(address => address.AddressFamily).Select(family => new Queue<IPAddress>(family)).ToList();
        var all = new List<IPAddress>();
        while (families.Exists(family => family.Count > 0))
        {
            all.AddRange(families.Where(family => family.Count > 0).Select(family => family.Dequeue()));
        }

        return all;
    }

    private static async Task<Stream> ConnectAsync(IPEndPoint address, bool isPlain, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return isPlain ? new PlainConnection(socket) : new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
