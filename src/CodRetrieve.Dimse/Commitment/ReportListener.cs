using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace CodRetrieve.Dimse;

/// <summary>Listens for archives that report what they have committed.</summary>
internal sealed class ReportListener : IAsyncDisposable
{
    // Archives make one association for each report; who makes more waits.
    private const int MaxSessions = 16;

    private readonly TcpListener _listener;
    private readonly DimseSaveOptions _options;
    private readonly CommitmentTransactions _transactions;
    private readonly CancellationTokenSource _stopAccepting = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(ReportSession Session, Task Task)> _sessions = [];
    private readonly Task _accepting;

    private ReportListener(TcpListener listener, DimseSaveOptions options, CommitmentTransactions transactions)
    {
        (_listener, _options, _transactions) = (listener, options, transactions);
        _accepting = AcceptAsync();
    }

    /// <summary>The port that it listens at.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <exception cref="DestinationException">The port cannot be listened at.</exception>
    public static ReportListener Start(StorageCommitmentOptions commitment, DimseSaveOptions options, CommitmentTransactions transactions)
    {
        var port = commitment.ListenPort!.Value;
        var listener = commitment.ListenAddress is { } address ? new TcpListener(address, port) : TcpListener.Create(port);
        try
        {
            listener.Start();
            return new ReportListener(listener, options, transactions);
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new DestinationException(
                DestinationFailure.Unreachable,
                $"Port {port} cannot be listened at for reports of storage commitment: {e.Message}. Free it, or choose another one, and give it to the archive for this AE title.",
                e);
        }
    }

    /// <summary>Stops listening. An archive whose report was taken has the time to release its association.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopAccepting.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        _listener.Dispose();
        var reporting = _sessions.Where(static one => one.Session.IsReporting).Select(static one => one.Task).ToList();
        if (reporting.Count > 0)
        {
            using var deadline = new Deadline(_options.TimeProvider, CancellationToken.None);
            deadline.Set(_options.AssociationTimeout);
            await Task.WhenAny(Task.WhenAll(reporting), Task.Delay(Timeout.InfiniteTimeSpan, deadline.Token)).ConfigureAwait(false);
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_sessions.Select(static one => one.Task)).ConfigureAwait(false);
        _stop.Dispose();
        _stopAccepting.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                if (_sessions.Count == MaxSessions)
                {
                    await Task.WhenAny(_sessions.Select(static one => one.Task)).WaitAsync(_stopAccepting.Token).ConfigureAwait(false);
                }

                _sessions.RemoveAll(static one => one.Task.IsCompleted);
                if (await TryAcceptAsync().ConfigureAwait(false) is { } session)
                {
                    _sessions.Add((session, ServeAsync(session)));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
            return;
        }
    }

    // Null where the system gives no connection for now: one that was reset before it was taken, or too many open files.
    private async Task<ReportSession?> TryAcceptAsync()
    {
        try
        {
            var socket = await _listener.AcceptSocketAsync(_stopAccepting.Token).ConfigureAwait(false);
            return new ReportSession(new NetworkStream(socket, ownsSocket: true), _options, _transactions);
        }
        catch (SocketException e)
        {
            Log.ReportFailed(_options.Logger, e.Message);
            await Task.Delay(ArchiveOutage.Pause(1, _options), _options.TimeProvider, _stopAccepting.Token).ConfigureAwait(false);
            return null;
        }
    }

    private async Task ServeAsync(ReportSession session)
    {
        await Task.Yield();
        try
        {
            await session.ServeAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AssociationException or IOException or OperationCanceledException or AuthenticationException or ObjectDisposedException or SocketException)
        {
            // Whoever connects here has no influence on the job but by a report; who waits for one has a time limit.
            Log.ReportFailed(_options.Logger, e.Message);
        }
        finally
        {
            await session.DisposeAsync().ConfigureAwait(false);
        }
    }
}
