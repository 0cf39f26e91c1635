namespace CodRetrieve.Dimse;

/// <summary>Asks an archive what it has (C-FIND in the Study Root information model; DICOM PS3.4, sections C.4.1 and C.6.2). Safe for use by several threads.</summary>
internal sealed class ArchiveQueries(Archive archive, DimseSaveOptions options)
{
    // An archive may have instances that the store does not list.
    private const int MaxOthers = 100_000;

    private volatile string? _failure;

    /// <summary>Why the archive is not asked; <see langword="null"/> while it is.</summary>
    public string? Failure => _failure;

    /// <summary>Begins to ask again: the archive's configuration may have changed.</summary>
    public void Reset() => _failure = null;

    /// <summary>Returns which instances of a series the archive has, with their SOP Class UIDs where it gives them.</summary>
    /// <returns>The instances by their SOP Instance UIDs; <see langword="null"/> where the archive cannot be asked.</returns>
    /// <exception cref="DestinationException">The archive has been down for longer than is waited.</exception>
    public async Task<IReadOnlyDictionary<string, string?>?> ListAsync(SeriesInfo series, CancellationToken cancellationToken)
    {
        var wanted = series.Instances.Select(static instance => instance.SopInstanceUid).ToHashSet(StringComparer.Ordinal);
        var found = new Dictionary<string, string?>(StringComparer.Ordinal);
        var others = 0;
        var identifier = Identifier(series.StudyInstanceUid, series.SeriesInstanceUid, "");
        return await FindAsync(
            identifier,
            match =>
            {
                if (match.SopInstanceUid is { } uid && wanted.Contains(uid))
                {
                    found[uid] = match.SopClassUid;
                }
                else if (++others > MaxOthers)
                {
                    throw AssociationException.Protocol($"more than {MaxOthers} matches that were not asked for");
                }
            },
            cancellationToken).ConfigureAwait(false) ? found : null;
    }

    /// <summary>Returns whether the archive has an instance; <see langword="null"/> where it cannot be asked.</summary>
    /// <exception cref="DestinationException">The archive has been down for longer than is waited.</exception>
    public async Task<bool?> HasAsync(string studyInstanceUid, string seriesInstanceUid, string sopInstanceUid, CancellationToken cancellationToken)
    {
        var isFound = false;
        var others = 0;
        var isAsked = await FindAsync(
            Identifier(studyInstanceUid, seriesInstanceUid, sopInstanceUid),
            match =>
            {
                isFound |= match.SopInstanceUid == sopInstanceUid;
                if (++others > MaxOthers)
                {
                    throw AssociationException.Protocol($"more than {MaxOthers} matches that were not asked for");
                }
            },
            cancellationToken).ConfigureAwait(false);
        return isAsked ? isFound : null;
    }

    private static byte[] Identifier(string study, string series, string sopInstance) => new DataSetWriter()
        .Uid(Tags.SopClassUid, "")
        .Uid(Tags.SopInstanceUid, sopInstance)
        .Text(Tags.QueryRetrieveLevel, "IMAGE")
        .Uid(Tags.StudyInstanceUid, study)
        .Uid(Tags.SeriesInstanceUid, series)
        .ToArray();

    private async Task<bool> FindAsync(byte[] identifier, Action<DataSetValues> onMatch, CancellationToken cancellationToken)
    {
        for (var attempt = 1; _failure is null; attempt++)
        {
            string cause;
            bool mayPass;
            try
            {
                var status = await archive.UseAsync(
                    PresentationContext.StudyRootFind,
                    association => association.FindAsync(identifier, match => onMatch(DataSetReader.Values(match.Span)), cancellationToken),
                    cancellationToken).ConfigureAwait(false);
                if (status.Code == 0)
                {
                    return true;
                }

                (cause, mayPass) = ($"the response to C-FIND has status {status.Hex}. Enable queries for the calling AE title at the archive", status.IsOutOfResources);
            }
            catch (AssociationException e)
            {
                (cause, mayPass) = (e.Message, e.IsTransient);
            }

            if (mayPass && attempt < options.MaxAttempts)
            {
                await archive.WaitAfterAsync(attempt, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                Fail(cause);
            }
        }

        return false;
    }

    // Once for a job: an archive that does not respond to queries would cost each series its attempts.
    private void Fail(string cause)
    {
        archive.Pool.Withdraw(PresentationContext.StudyRootFind);
        _failure = cause;
        Log.CannotAsk(options.Logger, archive.Name, cause);
    }
}
