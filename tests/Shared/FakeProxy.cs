using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CodRetrieve.Tests.Support;

/// <summary>A proxy on this machine that relays, or refuses in some way, and notes what it was asked.</summary>
internal sealed class FakeProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string? _login;
    private readonly int _status;
    private readonly int? _target;

    /// <param name="login"><c>user:password</c>, which it wants; <see langword="null"/> for everybody.</param>
    /// <param name="status">What it responds to those it lets in; 200 to relay.</param>
    /// <param name="target">The port on this machine that it relays to; <see langword="null"/> for the host that is asked for.</param>
    public FakeProxy(string? login = null, int status = 200, int? target = null)
    {
        (_login, _status, _target) = (login, status, target);
        _listener.Start();
        _ = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The first lines of all requests.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>The logins that were sent.</summary>
    public ConcurrentQueue<string> Logins { get; } = new();

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
        try
        {
            await using var stream = client.GetStream();
            while (await ReadHeadAsync(stream) is { } head)
            {
                var lines = head.Split("\r\n");
                Requests.Enqueue(lines[0]);
                var sent = lines.FirstOrDefault(line => line.StartsWith("Proxy-Authorization: Basic ", StringComparison.OrdinalIgnoreCase)) is { } header
                    ? Encoding.UTF8.GetString(Convert.FromBase64String(header["Proxy-Authorization: Basic ".Length..].Trim()))
                    : null;
                if (sent is not null)
                {
                    Logins.Enqueue(sent);
                }

                if (_login is not null && sent != _login)
                {
                    await SkipBodyAsync(stream, lines);
                    await WriteAsync(stream, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n");
                }
                else if (_status != 200)
                {
                    await WriteAsync(stream, $"HTTP/1.1 {_status} Refused\r\nContent-Length: 0\r\n\r\n");
                }
                else
                {
                    await RelayAsync(stream, lines[0].Split(' '), head);
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The other side went away.
        }
    }

    private async Task RelayAsync(NetworkStream client, string[] request, string head)
    {
        var isTunnel = request[0] == "CONNECT";
        var target = isTunnel ? new Uri("tcp://" + request[1]) : new Uri(request[1]);
        using var server = new TcpClient();
        await server.ConnectAsync(_target is null ? target.Host : "127.0.0.1", _target ?? target.Port);
        await using var onward = server.GetStream();
        await WriteAsync(isTunnel ? client : onward, isTunnel ? "HTTP/1.1 200 Connection established\r\n\r\n" : head + "\r\n\r\n");
        await Task.WhenAny(client.CopyToAsync(onward), onward.CopyToAsync(client));
    }

    private static async Task SkipBodyAsync(Stream stream, string[] lines)
    {
        var header = lines.FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
        await stream.ReadExactlyAsync(new byte[header is null ? 0 : int.Parse(header["Content-Length: ".Length..], System.Globalization.CultureInfo.InvariantCulture)]);
    }

    private static Task WriteAsync(Stream stream, string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text)).AsTask();

    private static async Task<string?> ReadHeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one) == 1)
        {
            head.Append((char)one[0]);
            if (one[0] == '\n' && head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                return head.ToString()[..^4];
            }
        }

        return null;
    }
}
