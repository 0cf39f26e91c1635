using CodRetrieve.Diagnostics;
using CodRetrieve.Saving;
using CodRetrieve.Transfer;

namespace CodRetrieve.DicomWeb;

/// <summary>Delivers instances to a PACS by DICOMweb (STOW-RS; PS3.18, 10.5): an instance is saved when the receiver has acknowledged it by its SOP Instance UID.</summary>
/// <remarks>
/// <para>The status of a response proves nothing, and is not relied on. An instance that the receiver does not list is asked for (QIDO-RS) and sent again. One that it refuses fails
/// with a <see cref="DeliveryException"/>, and the job goes on; a receiver that is down is waited for, and one that refuses the credential ends the job with a
/// <see cref="DestinationException"/>.</para>
/// <para>Instances are sent as they are stored, in batches of what is ready whenever a request is free. No byte of a batch is sent before all its instances are verified; an instance that is too
/// large for memory is sent alone while it arrives, and its request is aborted if it does not match.</para>
/// <para>Safe for use by several threads. Used by one job at a time. Dispose it when no job uses it any more.</para>
/// </remarks>
public sealed class StowSaveHandler : ISaveHandler, ISaveHandlerLifecycle, IDisposable
{
    private readonly StowSaveHandlerOptions _options;
    private readonly ReceiverClient _client;
    private readonly ReceiverQueries _queries;
    private readonly OutageClock _outage;
    private readonly DeliveryVerifier _verifier;
    private readonly BatchQueue _queue;
    private readonly OutgoingReader _reader;
    private readonly DeliveryReceipts _receipts;
    private readonly DeliveryTally _tally = new();

    /// <summary>Initializes a new instance of the <see cref="StowSaveHandler"/> class. No request is made.</summary>
    /// <param name="options">The receiver, and how instances are sent to it; copied.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> or a value in it is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">The file of certificate authorities holds none, or the environment names a proxy by what is no address of one.</exception>
    /// <exception cref="IOException">The file of certificate authorities cannot be read.</exception>
    public StowSaveHandler(StowSaveHandlerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Validated();
        _client = new ReceiverClient(_options);
        _queries = new ReceiverQueries(_client);
        _outage = new OutageClock(_options);
        _verifier = new DeliveryVerifier(_client, _queries, _outage, _options);
        var limit = new RequestLimit();
        _queue = new BatchQueue(_options, limit, new Delivery(_client, _queries, _outage, limit, _options).DeliverAsync);
        _reader = new OutgoingReader(_options.MaxBufferedBytes);
        _receipts = new DeliveryReceipts(_options.ReceiptDirectory, _client.Name);
    }

    /// <summary>Gets what has become of the instances so far, those of earlier jobs of this handler included.</summary>
    public DeliveryCounts Counts => _tally.Snapshot();

    /// <inheritdoc/>
    public ValueTask OpenAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask<bool> TryBeginStudyAsync(string studyInstanceUid, CancellationToken cancellationToken) => ValueTask.FromResult(true);

    /// <summary>Returns which instances of a series need not be sent: those with a receipt for the bytes that the store lists now, and those that the receiver lists by their UIDs.</summary>
    /// <param name="series">The series with its instances.</param>
    /// <param name="cancellationToken">Ends the job.</param>
    /// <returns>The instances. Those with a receipt for other bytes are outdated, and are sent again.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="series"/> is <see langword="null"/>.</exception>
    /// <exception cref="DestinationException">The receiver is down for longer than is waited, or receipts cannot be read.</exception>
    public async ValueTask<SavedInstances> FindSavedAsync(SeriesInfo series, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(series);
        var (saved, outdated, others) = (new List<string>(), new HashSet<string>(StringComparer.Ordinal), new List<string>());
        var receipts = _receipts.Of(series.StudyInstanceUid);
        foreach (var instance in series.Instances)
        {
            switch (receipts?.Find(instance))
            {
                case { } receipt when receipt.IsOf(instance):
                    saved.Add(instance.SopInstanceUid);
                    break;
                case not null:
                    outdated.Add(instance.SopInstanceUid);
                    break;
                default:
                    others.Add(instance.SopInstanceUid);
                    break;
            }
        }

        // A UID at the receiver does not show whose bytes it has.
        if (others.Count > 0 && _options.AskForExisting && _options.Verification != DeliveryVerification.Bytes)
        {
            var there = await _outage.RetryAsync(_client.Name, () => _queries.ListAsync(series, cancellationToken), cancellationToken).ConfigureAwait(false);
            saved.AddRange(others.Where(there.Contains));
        }

        return new SavedInstances(saved) { Outdated = outdated };
    }

    /// <summary>Sends one instance, and returns when the receiver has acknowledged it.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="content">Its bytes; not disposed.</param>
    /// <param name="cancellationToken">Ends the job.</param>
    /// <returns>The receiver and the outcome, for display.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="instance"/> or <paramref name="content"/> is <see langword="null"/>.</exception>
    /// <exception cref="DeliveryException">The receiver refused it, did not acknowledge it, or has other bytes.</exception>
    /// <exception cref="DestinationException">No instance can be delivered: the receiver is down, or refuses the credential, or receipts cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the receiver may have stored the instance all the same.</exception>
    public async ValueTask<string> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(instance);
        ArgumentNullException.ThrowIfNull(content);
        var size = instance.SizeBytes ?? (content as InstanceContent)?.SizeBytes;
        using var lease = await _reader.ReserveAsync(size, cancellationToken).ConfigureAwait(false);
        var sent = await lease.ReadAsync(instance, content, cancellationToken).ConfigureAwait(false);
        _queue.Add(sent);
        try
        {
            var acknowledgement = await sent.WhenDoneAsync().ConfigureAwait(false);

            // That it is there says little where other bytes were delivered before: these may be what is there.
            var verification = acknowledgement.Outcome == DeliveryOutcome.AlreadyThere && WasDeliveredWithOtherBytes(sent) ? DeliveryVerification.Bytes : _options.Verification;
            await _verifier.VerifyAsync(sent, verification, cancellationToken).ConfigureAwait(false);
            _receipts.Add(new(instance, sent.SopInstanceUid, sent.SizeBytes, sent.Crc32c, acknowledgement.Outcome.ToString())
            {
                Status = acknowledgement.Status,
                Reason = acknowledgement.Reason,
                Verified = verification.ToString(),
                Time = _options.TimeProvider.GetUtcNow(),
            });
            Count(acknowledgement.Outcome, null);
            return $"{_client.Name} ({acknowledgement.Outcome})";
        }
        catch (DeliveryException e)
        {
            DeliveryLog.InstanceNotDelivered(_options.Logger, instance.Uri, _client.Name, e.Outcome);
            Count(e.Outcome, e.TransferSyntaxUid);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask CompleteStudyAsync(StudyInfo study, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(study);
        _receipts.Complete(study.StudyInstanceUid);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask CloseAsync()
    {
        await _queue.WhenIdleAsync().ConfigureAwait(false);
        _receipts.Close();
    }

    private bool WasDeliveredWithOtherBytes(Outgoing sent) =>
        _receipts.Of(sent.Instance.Series.StudyInstanceUid)?.Find(sent.Instance) is { } receipt && (receipt.SizeBytes, receipt.Crc32c) != (sent.SizeBytes, sent.Crc32c);

    private void Count(DeliveryOutcome outcome, string? transferSyntaxUid)
    {
        _tally.Add(outcome, transferSyntaxUid);
        CodMeter.InstanceDelivered(Delivery.Protocol, outcome.ToString());
    }

    /// <summary>Closes the connections to the receiver, except for those of a client that you gave.</summary>
    public void Dispose() => _client.Dispose();
}
