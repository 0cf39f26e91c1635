using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>
/// Decides which instances of a series are saved: those whose receipt tells that what is there has the bytes that the store lists now. What has no
/// receipt is read and compared. Safe for several series at once.
/// </summary>
/// <param name="options">What to do with what exists.</param>
/// <param name="locate">Returns where an instance is.</param>
internal sealed class InstanceComparison(SavingOptions options, Func<InstanceInfo, string> locate)
{
    // Never disposed, as nobody waits for its handle: a place for each file that may be read at the same time.
    private readonly SemaphoreSlim _readers = new(Environment.ProcessorCount);

    private enum Verdict
    {
        Missing,
        Unread,
        Saved,
        Adopted,
        Outdated,
    }

    /// <summary>Compares what was found of a series with what the series lists.</summary>
    /// <param name="series">The series, with the sizes and CRC32Cs that its files should have.</param>
    /// <param name="found">What is in the directory.</param>
    /// <param name="receipts">The receipts of its study; those of what is adopted are added.</param>
    /// <param name="openStudy">
    /// Opens the study for reading what has no receipt; <see langword="null"/> if nothing may be read: then it counts as saved by its size.
    /// </param>
    /// <param name="cancellationToken">Ends the comparison.</param>
    public async ValueTask<SavedInstances> CompareAsync(
        SeriesInfo series, FoundInstances found, StudyReceipts receipts, Func<ISavedStudy>? openStudy, CancellationToken cancellationToken)
    {
        var verdicts = new Verdict[series.Instances.Count];
        var unread = new List<int>();
        for (var i = 0; i < verdicts.Length; i++)
        {
            var instance = series.Instances[i];
            if (found.Files.TryGetValue(instance.SopInstanceUid, out var file))
            {
                verdicts[i] = Judge(instance, file, receipts.Find(EntryHash.Of(instance)));
                if (verdicts[i] == Verdict.Unread)
                {
                    unread.Add(i);
                }
            }
        }

        if (openStudy is null)
        {
            unread.ForEach(i => verdicts[i] = Verdict.Saved);
        }
        else if (unread.Count > 0)
        {
            await ReadAsync(series, found, receipts, openStudy, unread, verdicts, cancellationToken).ConfigureAwait(false);
        }

        return ToResult(series, found, verdicts);
    }

    private SavedInstances ToResult(SeriesInfo series, FoundInstances found, Verdict[] verdicts)
    {
        var keeps = options.ExistingFilePolicy == ExistingFilePolicy.Keep;
        var adopted = Uids(Verdict.Adopted).ToHashSet(StringComparer.Ordinal);
        var outdated = Uids(Verdict.Outdated).ToHashSet(StringComparer.Ordinal);
        var saved = Uids(Verdict.Saved).Concat(adopted).Concat(keeps ? outdated : []);
        return new SavedInstances(saved) { Adopted = adopted, Outdated = outdated, Unlisted = found.Unlisted, Locate = locate };

        IEnumerable<string> Uids(Verdict verdict) =>
            series.Instances.Where((_, i) => verdicts[i] == verdict).Select(static instance => instance.SopInstanceUid);
    }

    private static Verdict Judge(InstanceInfo instance, in FoundFile file, in Receipt? receipt)
    {
        if (!file.HasSizeOf(instance))
        {
            return Verdict.Outdated;
        }

        if (file.Crc32c is { } read && instance.ExpectedCrc32c is { } expected)
        {
            return read == expected ? Verdict.Saved : Verdict.Outdated;
        }

        return receipt is not { } known || !known.IsTrusted || !known.IsOf(file) ? Verdict.Unread
            : ExpectedInstance.IsCurrent(instance, known, known.Crc32c) ? Verdict.Saved
            : Verdict.Outdated;
    }

    private async ValueTask ReadAsync(
        SeriesInfo series,
        FoundInstances found,
        StudyReceipts receipts,
        Func<ISavedStudy> openStudy,
        List<int> unread,
        Verdict[] verdicts,
        CancellationToken cancellationToken)
    {
        using var study = openStudy();
        await _readers.ForEachAsync(
            unread.Count,
            i =>
            {
                var instance = series.Instances[unread[i]];
                verdicts[unread[i]] = Read(study, instance, found.Files[instance.SopInstanceUid], receipts, cancellationToken);
            },
            cancellationToken).ConfigureAwait(false);
    }

    private Verdict Read(ISavedStudy study, InstanceInfo instance, in FoundFile file, StudyReceipts receipts, CancellationToken cancellationToken)
    {
        var name = EntryHash.Of(instance);
        try
        {
            using var saved = study.Open(instance);
            if (saved is null)
            {
                return Verdict.Outdated;
            }

            // What was saved without a CRC32C in the index is compared with what it was then.
            var size = 0L;
            var crc32c = saved.ComputeCrc32c(ref size, cancellationToken);
            var before = receipts.Find(name);
            var isWhole = size == file.SizeBytes && (instance.Crc32c is { } listed
                ? crc32c == listed
                : before is not { } receipt || (receipt.Crc32c == crc32c && ExpectedInstance.IsCurrent(instance, receipt, receipt.Crc32c)));
            if (!isWhole)
            {
                return Verdict.Outdated;
            }

            receipts.Add(ReceiptKind.Adopted, name, instance, file, crc32c, before?.Origin);
            return Verdict.Adopted;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            SavingLogMessages.InstanceNotCompared(options.Logger, e, study.LocationOf(instance));
            return Verdict.Outdated;
        }
    }
}
