using System.Runtime.ExceptionServices;
using CodRetrieve.Diagnostics;
using CodRetrieve.Saving;

namespace CodRetrieve.Dimse;

/// <summary>Sends instances to an archive (PACS) by DICOM C-STORE, streamed, in the transfer syntax that they are stored in.</summary>
/// <remarks>
/// <para>An instance counts as saved when the archive confirmed it: status 0000, or a warning (B000, B006, B007), which its location names. The last fragment of an instance is held back
/// until its CRC32C matched; otherwise the association is aborted, and the archive discards what it has of the instance.</para>
/// <para>With <see cref="DimseSaveOptions.StorageCommitment"/> the archive is asked at the end of each study to commit its instances; a study of which some are not committed fails.</para>
/// <para>Safe for several calls at once. It may be used for one job after another; its owner disposes it.</para>
/// </remarks>
public sealed class DimseSaveHandler : ISaveHandler, ISaveHandlerLifecycle, IConcurrentCompletions, IAsyncDisposable
{
    private const string Protocol = "c-store";
    private const int MaxCompletions = 16;

    private readonly DimseSaveOptions _options;
    private readonly AssociationPool _pool;
    private readonly Archive _archive;
    private readonly ArchiveQueries _queries;
    private readonly DeliveryReceipts _receipts;
    private readonly CommitmentClient? _commitment;
    private readonly PendingCommitments _pending = new();
    private readonly DimseDeliveryTally _tally = new();
    private readonly RetryBuffers _buffers;

    /// <summary>Initializes a new instance of the <see cref="DimseSaveHandler"/> class. It does not connect.</summary>
    /// <param name="address">The archive.</param>
    /// <param name="options">How to deliver; <see langword="null"/> for the defaults. Copied.</param>
    /// <exception cref="ArgumentNullException"><paramref name="address"/> or a value of the options is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">A certificate or an authority is given, and the address has no <c>tls=true</c>.</exception>
    public DimseSaveHandler(DimseAddress address, DimseSaveOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        Address = address;
        _options = (options ?? new()).Copy();
        if (!address.UseTls && (_options.ClientCertificate is not null || _options.CertificateAuthorities is not null))
        {
            throw new ArgumentException("Certificates are given for a connection without TLS. Add tls=true to the address.", nameof(options));
        }

        _buffers = new RetryBuffers((_options.RetryBufferBytes + RetryBuffers.BufferBytes) * _options.MaxAssociations);
        var transactions = _options.StorageCommitment is null ? null : new CommitmentTransactions();
        _pool = new AssociationPool(address, _options, token => DimseConnection.ConnectAsync(address, _options, token), transactions is null ? null : transactions.Take);
        _archive = new Archive(address, _options, _pool);
        _queries = new ArchiveQueries(_archive, _options);
        _receipts = new DeliveryReceipts(_options.ReceiptDirectory, address.ToString());
        _commitment = transactions is null ? null : new CommitmentClient(_archive, _options, transactions);
    }

    /// <summary>Gets the archive.</summary>
    public DimseAddress Address { get; }

    /// <summary>Gets what has become of the instances so far, those of earlier jobs of this handler included.</summary>
    public DimseDeliveryCounts Counts => _tally.Snapshot();

    /// <summary>
    /// Gets why the archive is not asked which instances it has (C-FIND), and instances without a receipt are sent again; <see langword="null"/> while it is, or was not to be asked.
    /// </summary>
    public string? QueryFailure => _queries.Failure;

    int IConcurrentCompletions.MaxCompletions => _commitment is null ? 1 : MaxCompletions;

    /// <summary>The port at which reports of storage commitment are taken; <see langword="null"/> while there is none.</summary>
    internal int? ListenPort => _commitment?.Port;

    /// <summary>Sends a C-ECHO, to check address, AE titles and certificates. Tries once.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>A task that ends when the archive responded.</returns>
    /// <exception cref="DestinationException">The archive cannot be reached, or does not accept the association or the C-ECHO; the message says what to configure.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public async Task EchoAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            var association = await _pool.RentAsync(PresentationContext.Verification, cancellationToken).ConfigureAwait(false);
            try
            {
                var status = await association.EchoAsync(cancellationToken).ConfigureAwait(false);
                if (status.Code != 0)
                {
                    throw new DestinationException(DestinationFailure.Unreachable, $"{Address}: the response to C-ECHO has status {status.Hex}. Look in the log of the archive.");
                }
            }
            finally
            {
                _pool.Return(association);
            }
        }
        catch (AssociationException e)
        {
            throw Unusable(e);
        }
    }

    /// <summary>Returns which instances of a series need not be sent: those with a receipt for the bytes that the store lists now, and those that the archive has (C-FIND).</summary>
    /// <param name="series">The series with its instances.</param>
    /// <param name="cancellationToken">Ends the job.</param>
    /// <returns>The instances. Those with a receipt for other bytes are outdated, and are sent again.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="series"/> is <see langword="null"/>.</exception>
    /// <exception cref="DestinationException">
    /// The archive has been down for longer than is waited, receipts cannot be read, or the archive cannot be asked and <see cref="DimseSaveOptions.VerifyExistence"/> needs it.
    /// </exception>
    public async ValueTask<SavedInstances> FindSavedAsync(SeriesInfo series, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(series);
        var (saved, outdated, others) = (new List<string>(), new HashSet<string>(StringComparer.Ordinal), new List<InstanceInfo>());
        var receipts = _receipts.Of(series.StudyInstanceUid);
        foreach (var instance in series.Instances)
        {
            if (receipts?.Find(instance) is not { } receipt)
            {
                others.Add(instance);
            }
            else if (!receipt.IsOf(instance) || receipt.Outcome == nameof(DimseDeliveryOutcome.NotCommitted))
            {
                outdated.Add(instance.SopInstanceUid);
            }
            else if (_commitment is null || receipt.Outcome == nameof(DimseDeliveryOutcome.Committed))
            {
                saved.Add(instance.SopInstanceUid);
            }
            else if (receipt.Reference is { } reference)
            {
                _pending.Add(instance, new(reference, Record(instance, reference, receipt.SizeBytes, receipt.Crc32c, DimseDeliveryOutcome.Stored)));
                saved.Add(instance.SopInstanceUid);
            }
            else
            {
                outdated.Add(instance.SopInstanceUid);
            }
        }

        if (others.Count > 0 && (_options.AskForExisting || _options.VerifyExistence))
        {
            var there = await _queries.ListAsync(series, cancellationToken).ConfigureAwait(false);
            if (there is null && _options.VerifyExistence)
            {
                throw new DestinationException(DestinationFailure.Unreachable, $"{Address} cannot be asked what it has stored: {_queries.Failure}. Deliver without verification, or with storage commitment.");
            }

            saved.AddRange(others.Where(instance => _options.AskForExisting && there is not null && IsThere(instance, there)).Select(static instance => instance.SopInstanceUid));
        }

        return new SavedInstances(saved) { Outdated = outdated };
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="instance"/> or <paramref name="content"/> is <see langword="null"/>.</exception>
    /// <exception cref="DimseException">The archive refused the instance, does not have what it confirmed, or it is not a Part 10 file.</exception>
    /// <exception cref="DestinationException">The archive cannot be reached, or does not accept associations, or receipts cannot be written.</exception>
    public async ValueTask<string> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(instance);
        ArgumentNullException.ThrowIfNull(content);
        try
        {
            using var replayable = new ReplayableContent(instance.Uri, content, _options.RetryBufferBytes, _buffers);
            var file = await PartTenFile.ReadAsync(replayable, cancellationToken).ConfigureAwait(false);
            var status = await DeliverAsync(instance, file, replayable, cancellationToken).ConfigureAwait(false);
            if (_options.VerifyExistence)
            {
                await VerifyAsync(instance, file, cancellationToken).ConfigureAwait(false);
            }

            var outcome = status.IsWarning ? DimseDeliveryOutcome.StoredWithWarning : DimseDeliveryOutcome.Stored;
            var reference = new SopReference(file.Context.AbstractSyntax, file.SopInstanceUid);
            var record = Record(instance, reference, replayable.SizeBytes, replayable.Crc32c, outcome) with { Status = status.Code };
            _receipts.Add(record);
            Count(outcome);
            if (_commitment is not null)
            {
                _pending.Add(instance, new(reference, record));
            }

            return status.IsWarning ? $"{Address} (warning {status.Hex}: {status.Text})" : Address.ToString();
        }
        catch (DimseException e)
        {
            Count(e.Outcome);
            throw;
        }
    }

    /// <summary>Has the instances of a study committed, where that is wanted, and makes its receipts durable.</summary>
    /// <param name="study">The study.</param>
    /// <param name="cancellationToken">Ends the job.</param>
    /// <returns>A task that ends when the archive has reported.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="study"/> is <see langword="null"/>.</exception>
    /// <exception cref="DimseException">Instances were not committed; the message says how many and why.</exception>
    /// <exception cref="DestinationException">The archive has been down for longer than is waited, or receipts cannot be written.</exception>
    public async ValueTask CompleteStudyAsync(StudyInfo study, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(study);
        ExceptionDispatchInfo? failure = null;
        try
        {
            if (_commitment is not null && _pending.Take(study.StudyInstanceUid) is { Count: > 0 } pending)
            {
                await CommitAsync(_commitment, study.StudyInstanceUid, pending, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (AssociationException e)
        {
            failure = ExceptionDispatchInfo.Capture(
                e.Kind is AssociationFailureKind.Rejected or AssociationFailureKind.ContextRejected
                    ? Unusable(e)
                    : new DimseException($"Study {study.StudyInstanceUid}: {Address} was not asked for storage commitment: {e.Message}. Run again: what was stored is not sent again.", e)
                    {
                        Outcome = DimseDeliveryOutcome.NotCommitted,
                    });
        }
        catch (Exception e) when (e is DimseException or DestinationException)
        {
            failure = ExceptionDispatchInfo.Capture(e);
        }

        _receipts.Complete(study.StudyInstanceUid);
        failure?.Throw();
    }

    /// <summary>Begins a job: listens for reports of storage commitment, and asks the archive whether it has that, where it is wanted.</summary>
    /// <param name="cancellationToken">Ends the job.</param>
    /// <returns>A task that ends when instances can be sent.</returns>
    /// <exception cref="DestinationException">The port cannot be listened at, or the archive has no storage commitment, or cannot be reached.</exception>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        _pool.Forget();
        _queries.Reset();
        _pending.Clear();
        if (_commitment is not null)
        {
            try
            {
                await _commitment.OpenAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (AssociationException e)
            {
                throw Unusable(e);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryBeginStudyAsync(string studyInstanceUid, CancellationToken cancellationToken) => ValueTask.FromResult(true);

    /// <summary>Releases the associations, and makes receipts durable.</summary>
    /// <returns>A task that ends when they are released.</returns>
    /// <exception cref="DestinationException">Receipts cannot be written.</exception>
    public async ValueTask CloseAsync()
    {
        await DisposeAsync().ConfigureAwait(false);
        _receipts.Close();
    }

    /// <summary>Releases the associations.</summary>
    /// <returns>A task that ends when they are released.</returns>
    public async ValueTask DisposeAsync()
    {
        if (_commitment is not null)
        {
            await _commitment.CloseAsync().ConfigureAwait(false);
        }

        await _pool.ReleaseIdleAsync().ConfigureAwait(false);
    }

    private async Task<StoreStatus> DeliverAsync(InstanceInfo instance, PartTenFile file, ReplayableContent content, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (attempt > 1)
            {
                CodMeter.DeliveryRetried(Protocol, 1);
            }

            try
            {
                var status = await _archive.UseAsync(file.Context, association => StoreAsync(association, file, content, cancellationToken), cancellationToken).ConfigureAwait(false);
                if (status.IsStored)
                {
                    return status;
                }

                if (!status.IsOutOfResources || attempt >= _options.MaxAttempts || !content.TryRewind())
                {
                    throw new DimseException($"{instance.Uri} was not stored by {Address}: status {status.Hex}, {status.Text}.{Attempts(attempt)}")
                    {
                        Status = status.Code,
                        Outcome = DimseDeliveryOutcome.Refused,
                    };
                }
            }
            catch (AssociationException e)
            {
                if (!e.IsTransient || attempt >= _options.MaxAttempts || !content.TryRewind())
                {
                    throw Failure(instance, e, attempt);
                }
            }

            await _archive.WaitAfterAsync(attempt, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<StoreStatus> StoreAsync(Association association, PartTenFile file, ReplayableContent content, CancellationToken cancellationToken)
    {
        var (started, position) = (_options.TimeProvider.GetTimestamp(), content.Position);
        try
        {
            return await association.StoreAsync(file, content, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            CodMeter.DeliveryEnded(Protocol, _options.TimeProvider.GetElapsedTime(started));
            CodMeter.BytesDelivered(Protocol, content.Position - position);
        }
    }

    private void Count(DimseDeliveryOutcome outcome)
    {
        _tally.Add(outcome);
        CodMeter.InstanceDelivered(Protocol, outcome.ToString());
    }

    // The archive knows the UIDs of the file; those of a store may be hashed.
    private async Task VerifyAsync(InstanceInfo instance, PartTenFile file, CancellationToken cancellationToken)
    {
        var (study, series) = (file.StudyInstanceUid ?? instance.Series.StudyInstanceUid, file.SeriesInstanceUid ?? instance.Series.SeriesInstanceUid);
        for (var attempt = 1; ; attempt++)
        {
            var isThere = await _queries.HasAsync(study, series, file.SopInstanceUid, cancellationToken).ConfigureAwait(false);
            if (isThere == true)
            {
                return;
            }

            if (isThere is null)
            {
                throw new DimseException($"{Address} confirmed {instance.Uri}, and cannot be asked whether it has it: {_queries.Failure}.");
            }

            // Some archives index what they stored a moment later.
            if (attempt >= _options.MaxAttempts)
            {
                throw new DimseException($"{Address} confirmed {instance.Uri}, and does not find it (C-FIND).{Attempts(attempt)} Look in the log of the archive, and run again.");
            }

            await _archive.WaitAfterAsync(attempt, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CommitAsync(CommitmentClient commitment, string study, IReadOnlyCollection<PendingCommitment> pending, CancellationToken cancellationToken)
    {
        var failures = await commitment.CommitAsync(study, pending.Select(static one => one.Reference), cancellationToken).ConfigureAwait(false);
        foreach (var one in pending)
        {
            var isFailed = failures.TryGetValue(one.Reference.SopInstanceUid, out var reason);
            var outcome = isFailed ? DimseDeliveryOutcome.NotCommitted : DimseDeliveryOutcome.Committed;
            Count(outcome);

            // What was not reported stays as it is: the next run asks again, and sends nothing.
            if (one.Record is { } record && (!isFailed || reason is not null))
            {
                _receipts.Add(record with { Outcome = outcome.ToString(), Reason = reason, Time = _options.TimeProvider.GetUtcNow() });
            }
        }

        if (failures.Count > 0)
        {
            throw CommitmentFailure.Of(Address.ToString(), study, pending.Count, failures, _options.StorageCommitment!);
        }
    }

    // One whose SOP class the archive does not give cannot be referred to in a commitment: it is sent again.
    private bool IsThere(InstanceInfo instance, IReadOnlyDictionary<string, string?> there)
    {
        if (!there.TryGetValue(instance.SopInstanceUid, out var sopClass) || (_commitment is not null && sopClass is null))
        {
            return false;
        }

        if (_commitment is not null)
        {
            _pending.Add(instance, new(new SopReference(sopClass!, instance.SopInstanceUid), null));
        }

        return true;
    }

    private DeliveryRecord Record(InstanceInfo instance, SopReference reference, long sizeBytes, uint crc32c, DimseDeliveryOutcome outcome) =>
        new(instance, reference.SopInstanceUid, sizeBytes, crc32c, outcome.ToString())
        {
            SopClassUid = reference.SopClassUid,
            Verified = _options.VerifyExistence ? "Exists" : "None",
            Time = _options.TimeProvider.GetUtcNow(),
        };

    private CodRetrieveException Failure(InstanceInfo instance, AssociationException e, int attempt) =>
        e.Kind == AssociationFailureKind.Rejected
            ? Unusable(e)
            : new DimseException($"{instance.Uri} was not delivered to {Address}: {e.Message}.{Attempts(attempt)}", e)
            {
                Outcome = e.Kind == AssociationFailureKind.ContextRejected ? DimseDeliveryOutcome.NotAccepted : DimseDeliveryOutcome.Unknown,
            };

    private DestinationException Unusable(AssociationException e) => new(DestinationFailure.Unreachable, $"{Address}: {e.Message}.", e);

    private static string Attempts(int count) => count > 1 ? $" Tried {count} times." : "";
}
