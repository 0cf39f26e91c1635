using CodRetrieve.Saving;

namespace CodRetrieve.Dimse;

/// <summary>Requests storage commitment and waits for the reports, on whichever association they come. Safe for use by several threads.</summary>
internal sealed class CommitmentClient
{
    private readonly Archive _archive;
    private readonly DimseSaveOptions _options;
    private readonly StorageCommitmentOptions _commitment;
    private readonly CommitmentTransactions _transactions;
    private ReportListener? _listener;

    public CommitmentClient(Archive archive, DimseSaveOptions options, CommitmentTransactions transactions) =>
        (_archive, _options, _commitment, _transactions) = (archive, options, options.StorageCommitment!, transactions);

    /// <summary>The port that is listened at; <see langword="null"/> for none.</summary>
    public int? Port => _listener?.Port;

    /// <summary>Begins to listen, and asks the archive whether it has storage commitment.</summary>
    /// <exception cref="AssociationException">It does not.</exception>
    /// <exception cref="DestinationException">The port cannot be listened at, or the archive has been down for longer than is waited.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (_commitment.ListenPort is not null)
        {
            _listener ??= ReportListener.Start(_commitment, _options, _transactions);
        }

        try
        {
            await _archive.UseAsync(PresentationContext.StorageCommitment, static _ => Task.FromResult(true), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // A job that does not begin is not closed.
            await CloseAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask CloseAsync()
    {
        if (_listener is { } listener)
        {
            _listener = null;
            await listener.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Has instances committed.</summary>
    /// <param name="study">Their study, for messages.</param>
    /// <param name="instances">The instances.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Those that are not committed, by their SOP Instance UIDs, with the Failure Reason; <see langword="null"/> where the archive did not say.</returns>
    /// <exception cref="AssociationException">The archive accepts no association, or not the context.</exception>
    /// <exception cref="DestinationException">The archive has been down for longer than is waited.</exception>
    public async Task<IReadOnlyDictionary<string, int?>> CommitAsync(string study, IEnumerable<SopReference> instances, CancellationToken cancellationToken)
    {
        var started = _options.TimeProvider.GetTimestamp();
        var failures = new Dictionary<string, int?>(StringComparer.Ordinal);
        var left = instances.DistinctBy(static one => one.SopInstanceUid, StringComparer.Ordinal).ToList();
        for (var attempt = 1; ; attempt++)
        {
            foreach (var some in left.Chunk(_commitment.MaxInstances))
            {
                await CommitAsync(some, failures, started, cancellationToken).ConfigureAwait(false);
            }

            // Archives that index what they received in the background do not know it yet.
            left.RemoveAll(one => !(failures.TryGetValue(one.SopInstanceUid, out var reason) && reason is { } code && StorageCommitmentModel.MayPass(code)));
            var delay = ArchiveOutage.Pause(attempt, _options);
            if (left.Count == 0 || delay >= Remaining(started))
            {
                return failures;
            }

            Log.CommitmentRequestedAgain(_options.Logger, _archive.Name, left.Count, study, delay);
            await _archive.PauseAfterAsync(attempt, cancellationToken).ConfigureAwait(false);
        }
    }

    private TimeSpan Remaining(long started)
    {
        var left = _commitment.Timeout - _options.TimeProvider.GetElapsedTime(started);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async Task CommitAsync(SopReference[] instances, Dictionary<string, int?> failures, long started, CancellationToken cancellationToken)
    {
        var (report, status) = await RequestAsync(instances, started, cancellationToken).ConfigureAwait(false);
        foreach (var one in instances)
        {
            if (report?.Committed.Contains(one.SopInstanceUid) == true)
            {
                failures.Remove(one.SopInstanceUid);
            }
            else
            {
                failures[one.SopInstanceUid] = report is not null && report.Failed.TryGetValue(one.SopInstanceUid, out var reason) ? reason : status;
            }
        }
    }

    // The report; or none, with the status where the archive refused the request.
    private async Task<(CommitmentReport? Report, int? Status)> RequestAsync(SopReference[] instances, long started, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (uid, report) = _transactions.Begin();
            try
            {
                var status = await _archive.UseAsync(
                    PresentationContext.StorageCommitment,
                    async association =>
                    {
                        var response = await association.RequestCommitmentAsync(Information(uid, instances), cancellationToken).ConfigureAwait(false);
                        if (response.Code == 0 && !report.IsCompleted)
                        {
                            await ReceiveAsync(association, report, started, cancellationToken).ConfigureAwait(false);
                        }

                        return response;
                    },
                    cancellationToken).ConfigureAwait(false);
                if (status.Code != 0 && !report.IsCompleted)
                {
                    return (null, status.Code);
                }

                await ReceiveOnNextAsync(report, started, cancellationToken).ConfigureAwait(false);
                return (await report.WaitAsync(Remaining(started), _options.TimeProvider, cancellationToken).ConfigureAwait(false), null);
            }
            catch (TimeoutException)
            {
                return (null, null);
            }
            catch (AssociationException e) when (e.IsTransient && attempt < _options.MaxAttempts && Remaining(started) > TimeSpan.Zero)
            {
                // Whether the archive got the request is not known: another transaction asks for the same.
                await _archive.PauseAfterAsync(attempt, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _transactions.End(uid);
            }
        }
    }

    // Without a port, an archive that ended the association can report on the next one only.
    private async Task ReceiveOnNextAsync(Task report, long started, CancellationToken cancellationToken)
    {
        for (var attempt = 1; _listener is null && !report.IsCompleted && ArchiveOutage.Pause(attempt, _options) < Remaining(started); attempt++)
        {
            await _archive.PauseAfterAsync(attempt, cancellationToken).ConfigureAwait(false);
            await _archive.UseAsync(
                PresentationContext.StorageCommitment,
                async association =>
                {
                    await ReceiveAsync(association, report, started, cancellationToken).ConfigureAwait(false);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    // Many archives report on the association of the request, as long as that is open (PS3.4, J.3.3). With a port it is kept as long as one that is not in use; not at all once a report came by the port.
    private async Task ReceiveAsync(Association association, Task report, long started, CancellationToken cancellationToken)
    {
        var limit = Remaining(started);
        if (_listener is not null)
        {
            limit = _transactions.WasReportedElsewhere ? TimeSpan.Zero : limit < _options.KeepAlive ? limit : _options.KeepAlive;
        }

        if (limit == TimeSpan.Zero)
        {
            return;
        }

        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var receiving = ReceiveAllAsync(association, waiting.Token);
        await Task.WhenAny(report, receiving, Task.Delay(limit, _options.TimeProvider, waiting.Token)).ConfigureAwait(false);
        await waiting.CancelAsync().ConfigureAwait(false);
        await receiving.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static async Task ReceiveAllAsync(Association association, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await association.ReceiveAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or AssociationException)
        {
            // It was waited long enough, or the archive ended the association: the report may come on another one.
            return;
        }
    }

    private static byte[] Information(string transactionUid, IEnumerable<SopReference> instances) => new DataSetWriter()
        .Uid(Tags.TransactionUid, transactionUid)
        .Sequence(
            Tags.ReferencedSopSequence,
            instances.Select(static one => new DataSetWriter().Uid(Tags.ReferencedSopClassUid, one.SopClassUid).Uid(Tags.ReferencedSopInstanceUid, one.SopInstanceUid)))
        .ToArray();
}
