using CodRetrieve.Saving;

namespace CodRetrieve.Dimse;

/// <summary>Sends instances to an archive (PACS) by DICOM C-STORE, streamed, in the transfer syntax that they are stored in.</summary>
/// <remarks>
/// <para>An instance counts as saved when the archive confirmed it: status 0000, or a warning (B000, B006, B007), which its location names. The last fragment of an instance is held back
/// until its CRC32C matched; otherwise the association is aborted, and the archive discards what it has of the instance.</para>
/// <para>The archive is not asked what it holds: a job sends everything that is selected.</para>
/// <para>Safe for several calls at once. It may be used for one job after another; its owner disposes it.</para>
/// </remarks>
public sealed class DimseSaveHandler : ISaveHandler, ISaveHandlerLifecycle, IAsyncDisposable
{
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromMinutes(1);

    private readonly DimseSaveOptions _options;
    private readonly AssociationPool _pool;

    /// <summary>Initializes a new instance of the <see cref="DimseSaveHandler"/> class. It does not connect.</summary>
    /// <param name="address">The archive.</param>
    /// <param name="options">How to deliver; <see langword="null"/> for the defaults. Copied.</param>
    /// <exception cref="ArgumentNullException"><paramref name="address"/> is <see langword="null"/>.</exception>
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

        _pool = new AssociationPool(address, _options, token => DimseConnection.ConnectAsync(address, _options, token));
    }

    /// <summary>Gets the archive.</summary>
    public DimseAddress Address { get; }

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

    /// <inheritdoc/>
    public ValueTask<SavedInstances> FindSavedAsync(SeriesInfo series, CancellationToken cancellationToken) => ValueTask.FromResult(SavedInstances.None);

    /// <inheritdoc/>
    /// <exception cref="DimseException">The archive refused the instance, or it is not a Part 10 file.</exception>
    /// <exception cref="DestinationException">The archive cannot be reached, or does not accept associations.</exception>
    public async ValueTask<string> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(instance);
        ArgumentNullException.ThrowIfNull(content);
        using var replayable = new ReplayableContent(instance.Uri, content, _options.RetryBufferBytes);
        var file = await PartTenFile.ReadAsync(replayable, cancellationToken).ConfigureAwait(false);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var status = await StoreAsync(file, replayable, cancellationToken).ConfigureAwait(false);
                if (status.IsStored)
                {
                    return status.IsWarning ? $"{Address} (warning {status.Hex}: {status.Text})" : Address.ToString();
                }

                if (!status.IsOutOfResources || attempt >= _options.MaxAttempts || !replayable.TryRewind())
                {
                    throw new DimseException($"{instance.Uri} was not stored by {Address}: status {status.Hex}, {status.Text}.{Attempts(attempt)}") { Status = status.Code };
                }
            }
            catch (AssociationException e)
            {
                if (!e.IsTransient || attempt >= _options.MaxAttempts || !replayable.TryRewind())
                {
                    throw Failure(instance, e, attempt);
                }
            }

            await Task.Delay(DelayAfter(attempt), _options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask CompleteStudyAsync(StudyInfo study, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        _pool.Forget();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryBeginStudyAsync(string studyInstanceUid, CancellationToken cancellationToken) => ValueTask.FromResult(true);

    /// <summary>Releases the associations.</summary>
    /// <returns>A task that ends when they are released.</returns>
    public ValueTask CloseAsync() => _pool.ReleaseIdleAsync();

    /// <summary>Releases the associations.</summary>
    /// <returns>A task that ends when they are released.</returns>
    public ValueTask DisposeAsync() => _pool.ReleaseIdleAsync();

    private async Task<StoreStatus> StoreAsync(PartTenFile file, ReplayableContent content, CancellationToken cancellationToken)
    {
        var association = await _pool.RentAsync(file.Context, cancellationToken).ConfigureAwait(false);
        try
        {
            return await association.StoreAsync(file, content, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _pool.Return(association);
        }
    }

    private TimeSpan DelayAfter(int attempt) => TimeSpan.FromTicks(Math.Min(_options.RetryDelay.Ticks << (attempt - 1), MaxRetryDelay.Ticks));

    private CodRetrieveException Failure(InstanceInfo instance, AssociationException e, int attempt) =>
        e.Kind is AssociationFailureKind.Unreachable or AssociationFailureKind.Rejected or AssociationFailureKind.Busy
            ? Unusable(e)
            : new DimseException($"{instance.Uri} was not delivered to {Address}: {e.Message}.{Attempts(attempt)}", e);

    private DestinationException Unusable(AssociationException e) => new(DestinationFailure.Unreachable, $"{Address}: {e.Message}.", e);

    private static string Attempts(int count) => count > 1 ? $" Tried {count} times." : "";
}
