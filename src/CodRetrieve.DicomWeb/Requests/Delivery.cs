using System.Net.Http.Headers;
using CodRetrieve.Diagnostics;

namespace CodRetrieve.DicomWeb;

/// <summary>
/// Sends batches until each instance has an outcome. What decides is the receiver's list of UIDs, whatever the status; what it does not list is asked for, and sent again.
/// Safe for use by several threads.
/// </summary>
internal sealed class Delivery(ReceiverClient client, ReceiverQueries queries, OutageClock outage, RequestLimit limit, StowSaveHandlerOptions options)
{
    // Below, sending in vain costs less than asking whether to send.
    private const int ExpectContinueBytes = 1 << 20;

    /// <summary>As telemetry names it.</summary>
    public const string Protocol = "stow-rs";

    private static readonly Exception NoCause = new IOException("The receiver responded with a status that means that it cannot work now.");

    private volatile bool _expectsContinue = true;

    /// <summary>Delivers instances: when it ends, each has its outcome.</summary>
    /// <exception cref="DestinationException">No instance can be delivered.</exception>
    public async Task DeliverAsync(IReadOnlyList<Outgoing> batch, CancellationToken cancellationToken)
    {
        var open = new Stack<IReadOnlyList<Outgoing>>([batch]);
        for (var isFirst = true; open.TryPop(out var next); isFirst = false)
        {
            if (!isFirst)
            {
                CodMeter.DeliveryRetried(Protocol, next.Count);
            }

            foreach (var again in await AttemptAsync(next, cancellationToken).ConfigureAwait(false))
            {
                open.Push(again);
            }
        }
    }

    private async Task<IEnumerable<IReadOnlyList<Outgoing>>> AttemptAsync(IReadOnlyList<Outgoing> batch, CancellationToken cancellationToken)
    {
        ReceiverResponse response;
        var started = options.TimeProvider.GetTimestamp();
        try
        {
            response = await client.SendAsync(watch => Request(batch, watch), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (batch[0].ContentFailure is { } failure && (failure is not OperationCanceledException || cancellationToken.IsCancellationRequested))
        {
            // What arrives while it is sent is alone in its request, which was aborted before its end.
            batch[0].Fail(failure);
            return [];
        }
        catch (ReceiverUnavailableException e)
        {
            return await AfterOutageAsync(batch, null, e, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            CodMeter.DeliveryEnded(Protocol, options.TimeProvider.GetElapsedTime(started));
        }

        var (rest, later) = Settle(batch, StoreListing.Parse(response.Body), response);
        if (later.Count > 0)
        {
            await Task.Delay(outage.Backoff(later.Max(static one => one.Attempts)), options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }

        return [.. later.Count > 0 ? [later] : Nothing, .. rest.Count > 0 ? await AfterResponseAsync(rest, batch.Count, response, cancellationToken).ConfigureAwait(false) : Settled()];
    }

    private static IEnumerable<IReadOnlyList<Outgoing>> Nothing => [];

    private IEnumerable<IReadOnlyList<Outgoing>> Settled()
    {
        outage.Responded();
        return [];
    }

    private HttpRequestMessage Request(IReadOnlyList<Outgoing> batch, IdleWatch watch)
    {
        var content = new StoreContent(batch, watch);
        var request = new HttpRequestMessage(HttpMethod.Post, client.Url("studies")) { Content = content };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/dicom+json"));
        request.Headers.ExpectContinue = _expectsContinue && (content.Length > ExpectContinueBytes || batch[0].IsStreamed);
        return request;
    }

    // Gives every instance that is listed its outcome, and returns the others, and those that the receiver may take later.
    private (List<Outgoing> Unlisted, List<Outgoing> Later) Settle(IReadOnlyList<Outgoing> batch, StoreListing listing, ReceiverResponse response)
    {
        var (rest, later) = (new List<Outgoing>(), new List<Outgoing>());
        foreach (var one in batch)
        {
            if (listing.Failed.TryGetValue(one.SopInstanceUid, out var reason))
            {
                if (FailureReasons.MeansAlreadyThere(reason))
                {
                    one.Succeed(new(DeliveryOutcome.AlreadyThere, response.Status, reason));
                }
                else if (FailureReasons.MayPass(reason) && one.CanSend && ++one.Attempts < options.MaxAttempts)
                {
                    later.Add(one);
                }
                else
                {
                    one.Fail(FailureReasons.MeansTransferSyntax(reason)
                        ? DeliveryFailures.TransferSyntax(one, client.Name, response)
                        : DeliveryFailures.Refused(one, client.Name, FailureReasons.Describe(reason), response, reason));
                }
            }
            else if (listing.Stored.TryGetValue(one.SopInstanceUid, out var warning))
            {
                one.Succeed(new(warning is null ? DeliveryOutcome.Stored : DeliveryOutcome.StoredWithWarning, response.Status, warning));
            }
            else
            {
                rest.Add(one);
            }
        }

        return (rest, later);
    }

    private async Task<IEnumerable<IReadOnlyList<Outgoing>>> AfterResponseAsync(List<Outgoing> rest, int total, ReceiverResponse response, CancellationToken cancellationToken)
    {
        if (response.IsBusy)
        {
            return await AfterOutageAsync(rest, response.RetryAfter, NoCause, cancellationToken).ConfigureAwait(false);
        }

        switch (response.Status)
        {
            case 401 or 403:
                throw DeliveryFailures.AccessDenied(client.Name, response.Status);
            case 407:
                throw DeliveryFailures.ProxyLogin(client.Name, client.Proxy);
            case (>= 300 and < 400) or 404 or 405 or 501:
                throw DeliveryFailures.NoService(client.Name, response.Status);
            case 507:
                throw DeliveryFailures.Full(client.Name);
        }

        outage.Responded();
        switch (response.Status)
        {
            case 417:
                DeliveryLog.ExpectRefused(options.Logger, client.Name);
                _expectsContinue = false;
                return [rest];
            case 413 or 415 when rest.Count > 1:
                var bytes = rest.Sum(static one => one.SizeBytes);
                DeliveryLog.BatchHalved(options.Logger, client.Name, rest.Count, bytes, response.Status);
                if (response.Status == 413)
                {
                    limit.Refused(bytes);
                }

                return Halves(rest);
            case 413:
                rest[0].Fail(DeliveryFailures.Refused(rest[0], client.Name, $"{rest[0].SizeBytes} bytes are more than it takes in a request (HTTP 413)", response, null));
                return [];
            case 415:
                rest[0].Fail(DeliveryFailures.TransferSyntax(rest[0], client.Name, response));
                return [];
            default:
                return await AfterOmissionAsync(rest, total, response, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IEnumerable<IReadOnlyList<Outgoing>>> AfterOmissionAsync(List<Outgoing> rest, int total, ReceiverResponse response, CancellationToken cancellationToken)
    {
        DeliveryLog.InstancesNotListed(options.Logger, client.Name, response.Status, rest.Count, total);
        (rest, _) = await AskAsync(rest, response.Status, cancellationToken).ConfigureAwait(false);
        if (rest.Count > 1)
        {
            // One that the receiver cannot read may keep it from listing the others.
            return Halves(rest);
        }

        if (rest.Count == 0)
        {
            return [];
        }

        var one = rest[0];
        if (++one.Attempts >= options.MaxAttempts || !one.CanSend)
        {
            one.Fail(DeliveryFailures.Unlisted(one, client.Name, response));
            return [];
        }

        await Task.Delay(outage.Backoff(one.Attempts), options.TimeProvider, cancellationToken).ConfigureAwait(false);
        return [rest];
    }

    private async Task<IEnumerable<IReadOnlyList<Outgoing>>> AfterOutageAsync(
        IReadOnlyList<Outgoing> batch, TimeSpan? retryAfter, Exception cause, CancellationToken cancellationToken)
    {
        foreach (var one in batch)
        {
            one.Outages++;
        }

        await outage.WaitAsync(client.Name, batch.Max(static one => one.Outages), retryAfter, cause, cancellationToken).ConfigureAwait(false);

        // A connection that broke may have broken after everything was stored.
        var (rest, hasResponded) = await AskAsync([.. batch], status: 0, cancellationToken).ConfigureAwait(false);
        var isRefusal = hasResponded && cause is ReceiverUnavailableException;
        if (isRefusal)
        {
            // It works, and breaks this connection: some do so when a request is too large, or holds what they cannot read.
            outage.Responded();
        }

        if (isRefusal && rest.Count > 1)
        {
            return Halves(rest);
        }

        foreach (var one in rest.Where(one => !one.CanSend || (isRefusal && ++one.Attempts >= options.MaxAttempts)).ToList())
        {
            one.Fail(DeliveryFailures.NoResponse(one, client.Name, cause));
            rest.Remove(one);
        }

        return rest.Count == 0 ? [] : [rest];
    }

    // Asks the receiver for each, and returns those that it has not, and whether it responded at all.
    private async Task<(List<Outgoing> Unlisted, bool HasResponded)> AskAsync(List<Outgoing> instances, int status, CancellationToken cancellationToken)
    {
        var hasResponded = true;
        for (var i = 0; i < instances.Count && hasResponded; i++)
        {
            try
            {
                if (await queries.FindAsync(instances[i].SopInstanceUid, cancellationToken).ConfigureAwait(false) is not null)
                {
                    instances[i].Succeed(new(DeliveryOutcome.AlreadyThere, status, null));
                }
            }
            catch (ReceiverUnavailableException)
            {
                // Sending again will show whether it is back; asking on would only take longer.
                hasResponded = false;
            }
        }

        return ([.. instances.Where(static one => !one.Done.IsCompleted)], hasResponded);
    }

    private static List<Outgoing>[] Halves(List<Outgoing> instances) => [instances[..(instances.Count / 2)], instances[(instances.Count / 2)..]];
}
