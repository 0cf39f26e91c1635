using System.Net;
using System.Net.Sockets;

namespace CodRetrieve.Cli.Tests.Support;

/// <summary>A port of this machine that passes everything on to another one, and tells when so many bytes have gone in a direction.</summary>
internal sealed class CountingRelay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly object _gate = new();
    private readonly int _target;
    private (Direction Direction, long Left, TaskCompletionSource Reached)? _watch;

    public CountingRelay(int target)
    {
        _target = target;
        _listener.Start();
        _ = ServeAsync();
    }

    public enum Direction
    {
        ToTarget,
        FromTarget,
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

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

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient accepted)
    {
        using var client = accepted;
        using var target = new TcpClient();
        try
        {
            await target.ConnectAsync(IPAddress.Loopback, _target);

            // One that ends, or is killed, takes the other with it.
            await Task.WhenAny(
                CopyAsync(client.GetStream(), target.GetStream(), Direction.ToTarget),
                CopyAsync(target.GetStream(), client.GetStream(), Direction.FromTarget));
        }
        catch (SocketException)
        {
            // There is nobody.
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, Direction direction)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReadAsync(buffer) is var count and > 0)
            {
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
}
