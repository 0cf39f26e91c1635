using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CodRetrieve.Testing;

public sealed partial class GcsTestServer
{
    private HashSet<string>? _tokens;
    private int _concurrent;
    private int _served;
    private int _peak;

    /// <summary>The requests received, in the order of their arrival: a snapshot whose entries fill in while they are handled.</summary>
    public IReadOnlyList<RecordedRequest> Requests => _log.Snapshot();

    /// <summary>Whether new requests are recorded; at first as <see cref="GcsTestServerOptions.RecordRequests"/> says.</summary>
    public bool IsRecording { get; set; }

    /// <summary>The most requests that were being handled at one time since the start or the last <see cref="ClearRequests"/>.</summary>
    /// <remarks>A request whose client left early counts until the server notices.</remarks>
    public int PeakConcurrentRequests => Volatile.Read(ref _peak);

    /// <summary>Forgets the recorded requests and the peak; those being handled are not disturbed.</summary>
    public void ClearRequests()
    {
        _log.Clear();
        Volatile.Write(ref _peak, Volatile.Read(ref _concurrent));
    }

    /// <summary>The body bytes of the recorded media requests.</summary>
    /// <param name="objectName">Which objects count; null for all.</param>
    public long MediaBytesSent(Func<string, bool>? objectName = null) => Requests
        .Where(request => request.Kind == RequestKind.Media && (objectName is null || objectName(request.ObjectName!)))
        .Sum(request => request.BytesSent);

    /// <summary>Waits for a recorded request to be in a certain state, such as stalled after 1,000 bytes, without polling.</summary>
    /// <param name="predicate">Asked for the requests recorded already, and whenever one arrives, sends bytes or completes. It must be
    /// quick.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The first request found.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<RecordedRequest> WaitForRequestAsync(Func<RecordedRequest, bool> predicate, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return _log.WaitAsync(predicate, cancellationToken);
    }

    /// <summary>From now on accepts these bearer tokens and no others.</summary>
    /// <param name="tokens">The tokens; none at all refuses everyone.</param>
    public void AcceptTokens(params string[] tokens) => Volatile.Write(ref _tokens, new(tokens, StringComparer.Ordinal));

    /// <summary>From now on accepts every request, with or without a token.</summary>
    public void AcceptAnyone() => Volatile.Write(ref _tokens, null);

    private bool Accepts(string? token) => Volatile.Read(ref _tokens) is not { } tokens || (token is not null && tokens.Contains(token));

    private async Task HandleAsync(HttpContext context)
    {
        CountIn();
        var request = GcsRequest.Parse(context);
        var record = request.Record(_options.TimeProvider.GetUtcNow());
        var isWhole = false;
        try
        {
            if (IsRecording)
            {
                _log.Add(record);
            }

            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
            isWhole = await ServeAsync(context, request, record, ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested || _stopping.IsCancellationRequested)
        {
            context.Abort();
        }
        finally
        {
            record.Complete(aborted: !isWhole);
            Interlocked.Decrement(ref _concurrent);
            _log.Changed(record);
        }
    }

    private async Task<bool> ServeAsync(HttpContext context, GcsRequest request, RecordedRequest record, CancellationToken cancellationToken)
    {
        var isTooMany = Interlocked.Increment(ref _served) > _options.MaxConcurrentRequests;
        if (isTooMany)
        {
            // Not served, and so in nobody's way.
            Interlocked.Decrement(ref _served);
        }

        try
        {
            return await AnswerAsync(context, request, record, isTooMany ? Fault.Status(429) : Faults.Next(record), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Add(ref _served, isTooMany ? 0 : -1);
        }
    }

    private async Task<bool> AnswerAsync(
        HttpContext context, GcsRequest request, RecordedRequest record, Fault? fault, CancellationToken cancellationToken)
    {
        record.Fault = fault?.ToString();
        var plan = await _handler.PlanAsync(request, record, cancellationToken).ConfigureAwait(false);
        fault?.Apply(plan, Faults);
        if (_options.Latency > TimeSpan.Zero)
        {
            await Task.Delay(_options.Latency, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }

        if (_link is not null)
        {
            await _link.BeginAsync(IsFirstOfItsConnection(context), cancellationToken).ConfigureAwait(false);
        }

        return await _sender.SendAsync(context, plan, record, cancellationToken).ConfigureAwait(false);
    }

    private static bool IsFirstOfItsConnection(HttpContext context) =>
        context.Features.GetRequiredFeature<IConnectionItemsFeature>().Items.TryAdd(typeof(LinkSimulator), null);

    private void CountIn()
    {
        var now = Interlocked.Increment(ref _concurrent);
        for (var peak = Volatile.Read(ref _peak); now > peak;)
        {
            var seen = Interlocked.CompareExchange(ref _peak, now, peak);
            if (seen == peak)
            {
                return;
            }

            peak = seen;
        }
    }
}
