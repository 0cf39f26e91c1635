using System.Net;
using System.Net.Sockets;
using CodRetrieve.Storage;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage.Gcs;

public sealed class HappyEyeballsTests
{
    private static readonly IPAddress V6 = IPAddress.Parse("2001:db8::1");
    private static readonly IPAddress OtherV6 = IPAddress.Parse("2001:db8::2");
    private static readonly IPAddress V4 = IPAddress.Parse("192.0.2.1");

    private readonly SignallingTime _time = new();
    private readonly List<IPAddress> _tried = [];

    [Fact(Timeout = 30_000)]
    public async Task An_address_that_leads_nowhere_is_left_behind_after_a_quarter_of_a_second()
    {
        var silent = new TaskCompletionSource<CancellationToken>();
        var connecting = ConnectAsync([V6, OtherV6, V4], (address, token) => address.Equals(V4) ? Opened() : Hang(silent, token));

        await _time.WaitBegunAsync(wait => wait == HappyEyeballs.HeadStart);
        Assert.Equal([V6], _tried);
        _time.Advance(HappyEyeballs.HeadStart);
        await using var stream = await connecting;

        // The other family is next, and what is not needed any more is given up.
        Assert.Equal([V6, V4], _tried);
        Assert.True((await silent.Task).IsCancellationRequested);
    }

    [Fact(Timeout = 30_000)]
    public async Task One_that_is_refused_is_followed_by_the_next_at_once()
    {
        await using var stream = await ConnectAsync([V6, V4], (address, _) => address.Equals(V4) ? Opened() : Task.FromException<Stream>(new SocketException((int)SocketError.ConnectionRefused)));

        Assert.Equal([V6, V4], _tried);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_first_one_that_responds_needs_no_other()
    {
        await using var stream = await ConnectAsync([V6, V4], (_, _) => Opened());

        Assert.Equal([V6], _tried);
    }

    [Fact(Timeout = 30_000)]
    public async Task Where_all_fail_the_last_failure_says_why()
    {
        var failure = await Assert.ThrowsAsync<SocketException>(() => ConnectAsync([V6, V4], (_, _) => Task.FromException<Stream>(new SocketException((int)SocketError.ConnectionRefused))));

        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
        Assert.Equal(SocketError.HostNotFound, (await Assert.ThrowsAsync<SocketException>(() => ConnectAsync([], (_, _) => Opened()))).SocketErrorCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_that_comes_too_late_is_closed()
    {
        var late = new TaskCompletionSource<Stream>();
        var connecting = ConnectAsync([V6, V4], (address, _) => address.Equals(V4) ? Opened() : late.Task);
        await _time.WaitBegunAsync(wait => wait == HappyEyeballs.HeadStart);
        _time.Advance(HappyEyeballs.HeadStart);
        await using var stream = await connecting;
        var closed = new ClosingStream();

        late.SetResult(closed);

        await closed.Closed.Task;
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_ends_it_at_once()
    {
        using var cancel = new CancellationTokenSource();
        var connecting = new HappyEyeballs((_, _) => Task.FromResult(new[] { V6, V4 }), (_, token) => Hang(new(), token), _time).ConnectAsync(new DnsEndPoint("store.example", 443), cancel.Token);
        await _time.WaitBegunAsync(wait => wait == HappyEyeballs.HeadStart);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
    }

    [Fact(Timeout = 30_000)]
    public async Task It_connects_over_sockets()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        await using var stream = await HappyEyeballs.OverSockets(isPlain: false).ConnectAsync(new DnsEndPoint("localhost", ((IPEndPoint)listener.LocalEndpoint).Port), default);
        using var accepted = await listener.AcceptTcpClientAsync();

        await stream.WriteAsync(new byte[] { 7 });
        Assert.Equal(7, accepted.GetStream().ReadByte());
    }

    private Task<Stream> ConnectAsync(IPAddress[] addresses, Func<IPAddress, CancellationToken, Task<Stream>> connect) => new HappyEyeballs(
        (_, _) => Task.FromResult(addresses),
        (address, token) =>
        {
            _tried.Add(address.Address);
            return connect(address.Address, token);
        },
        _time).ConnectAsync(new DnsEndPoint("store.example", 443), default);

    private static Task<Stream> Opened() => Task.FromResult<Stream>(new MemoryStream());

    private static async Task<Stream> Hang(TaskCompletionSource<CancellationToken> token, CancellationToken cancellationToken)
    {
        token.TrySetResult(cancellationToken);
        await Task.Delay(Timeout.Infinite, cancellationToken);
        throw new InvalidOperationException();
    }

    private sealed class ClosingStream : MemoryStream
    {
        public TaskCompletionSource Closed { get; } = new();

        protected override void Dispose(bool disposing)
        {
            Closed.TrySetResult();
            base.Dispose(disposing);
        }
    }
}
