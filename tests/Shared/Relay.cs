using System.Net;
using System.Net.Sockets;

namespace CodRetrieve.Tests.Support;

/// <summary>A port of this machine that passes everything on to another one. It tells when so many bytes have gone in a direction, and can be cut.</summary>
internal sealed class Relay : IDisposable
{
    private readonly object _gate = new();
    private readonly HashSet<Link> _links = [];
    private readonly int _target;
    private TcpListener _listener = new(IPAddress.Loopback, 0);
    private (Direction Direction, long Left, TaskCompletionSource Reached)? _watch;
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isSilent;

    public Relay(int target)
    {
        _target = target;
        Port = Listen();
    }

    public enum Direction
    {
        ToTarget,
        FromTarget,
    }

    public int Port { get; }

    /// <summary>Ends when so many bytes have gone in a direction from now on; the last of them may be on their way still.</summary>
    public Task PassedAsync(Direction direction, long bytes)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _watch = (direction, bytes, reached);
        }

        return reached.Task;
    }

    /// <summary>From now on bytes vanish in both directions, and nobody learns of it; what connects gets no response. A connection of that time stays dead.</summary>
    public void Silence()
    {
        lock (_gate)
        {
            _isSilent = true;
            foreach (var link in _links)
            {
                link.IsDead = true;
            }
        }
    }

    /// <summary>Resets every connection and refuses further ones.</summary>
    public void Refuse()
    {
        _listener.Stop();
        lock (_gate)
        {
            foreach (var link in _links)
            {
                link.Reset();
            }
        }
    }

    /// <summary>Takes connections again, and passes on what they send.</summary>
    public void Heal()
    {
        lock (_gate)
        {
            _isSilent = false;
        }

        if (!_listener.Server.IsBound)
        {
            _listener = new TcpListener(IPAddress.Loopback, Port);
            Listen();
        }
    }

    public void Dispose()
    {
        Refuse();
        _listener.Dispose();
        _over.TrySetResult();
    }

    private int Listen()
    {
        _listener.Start();
        _ = ServeAsync(_listener);
        return ((IPEndPoint)_listener.LocalEndpoint).Port;
    }

    private async Task ServeAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over, or refuses.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var link = new Link(client);
        lock (_gate)
        {
            link.IsDead = _isSilent;
            _links.Add(link);
        }

        try
        {
            await link.Target.ConnectAsync(IPAddress.Loopback, _target);
            var sending = CopyAsync(link, client.GetStream(), link.Target.GetStream(), Direction.ToTarget);
            await Task.WhenAny(sending, CopyAsync(link, link.Target.GetStream(), client.GetStream(), Direction.FromTarget));

            // One that ends, or is killed, takes the other with it, except across a link that is silent.
            if (link.IsDead)
            {
                await sending;
                await _over.Task;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // There is nobody, or it was cut meanwhile.
        }
        finally
        {
            lock (_gate)
            {
                _links.Remove(link);
            }
        }
    }

    private async Task CopyAsync(Link link, NetworkStream from, NetworkStream to, Direction direction)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReadAsync(buffer) is var count and > 0)
            {
                if (link.IsDead)
                {
                    continue;
                }

                await to.WriteAsync(buffer.AsMemory(0, count));
                Count(direction, count);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It broke.
        }
    }

    private void Count(Direction direction, int bytes)
    {
        lock (_gate)
        {
            if (_watch is { } watch && watch.Direction == direction)
            {
                _watch = watch with { Left = watch.Left - bytes };
                if (watch.Left <= bytes)
                {
                    watch.Reached.TrySetResult();
                }
            }
        }
    }

    private sealed class Link(TcpClient client) : IDisposable
    {
        private volatile bool _isDead;

        public TcpClient Target { get; } = new();

        public bool IsDead
        {
            get => _isDead;
            set => _isDead = value;
        }

        public void Reset()
        {
            client.Client?.Close(0);
            Target.Client?.Close(0);
        }

        public void Dispose()
        {
            client.Dispose();
            Target.Dispose();
        }
    }
}
