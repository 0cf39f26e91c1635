using CodRetrieve.Catalog;
using CodRetrieve.IO;
using CodRetrieve.Saving;

namespace CodRetrieve.Verification;

/// <summary>Verifies one series and gathers what is found. Keeps of its instances only what is needed to tell unknown names.</summary>
internal sealed class SeriesVerifier
{
    private readonly object _lock = new();
    private readonly SeriesInfo _series;
    private readonly ISavedStudy _saved;
    private readonly Func<StudyReceipts> _receipts;
    private readonly ulong? _transform;
    private readonly VerificationMeter _meter;
    private readonly HashSet<UInt128>? _names;
    private readonly List<RetrievalFailure> _failures = [];
    private readonly List<(int Order, VerificationIssue Finding)> _issues = [];
    private IReadOnlyList<InstanceInfo> _instances;
    private readonly int _instancesTotal;
    private readonly bool _isEdited;
    private int _verified;
    private long _bytesVerified;
    private long _bytesRead;

    public SeriesVerifier(SeriesContent content, ISavedStudy saved, Func<StudyReceipts> receipts, ulong? transform, VerificationMeter meter)
    {
        (_series, _saved, _receipts, _transform, _meter) = (content.Listing.Series, saved, receipts, transform, meter);
        _instances = content.Selected;
        _instancesTotal = _instances.Count;
        _isEdited = content.Listing.HasLock;
        if (content.Index is { } index)
        {
            // A series without a tar can be verified too: the index says it all.
            _names = [.. content.Series.Instances.Select(instance => EntryHash.Of(instance))];
            _failures.AddRange(index.Problems.Select(problem => RetrievalFailure.Of(_series, 1, null, problem)));
        }
        else
        {
            _failures.Add(RetrievalFailure.Of(_series, 0, null, content.Failure!));
        }
    }

    public string SeriesInstanceUid => _series.SeriesInstanceUid;

    /// <summary>Whether the store is sure to list no other instances than the known ones: its index was read to the last entry, and nobody is at work on it.</summary>
    public bool IsFullyKnown => _failures.Count == 0 && !_isEdited;

    /// <summary>Whether a name is one of an instance that the index lists; always, where no index could be read.</summary>
    public bool Knows(string name) => _names is null || _names.Contains(EntryHash.Of(name));

    public async Task VerifyAsync(SemaphoreSlim readers, CancellationToken cancellationToken)
    {
        await readers.ForEachAsync(_instances.Count, i => Verify(i, cancellationToken), cancellationToken).ConfigureAwait(false);

        // The instances of a whole study, or of all of them, would be much to hold until the end.
        _instances = [];
    }

    public void Add(VerificationIssue issue)
    {
        lock (_lock)
        {
            _issues.Add((int.MaxValue, issue));
        }

        _meter.Add(0, 0, 1);
    }

    public SeriesVerification ToResult() => new(_series)
    {
        InstancesTotal = _instancesTotal,
        InstancesVerified = _verified,
        BytesVerified = _bytesVerified,
        BytesRead = _bytesRead,
        Issues = [.. _issues.OrderBy(one => one.Order).Select(one => one.Finding)],
        Failures = _failures,
    };

    private void Verify(int order, CancellationToken cancellationToken)
    {
        var instance = _instances[order];
        var (issue, bytesRead) = InstanceCheck.Run(_saved, instance, _receipts().Find(EntryHash.Of(instance)), _transform, cancellationToken);
        lock (_lock)
        {
            _bytesRead += bytesRead;
            if (issue is null)
            {
                _verified++;
                _bytesVerified += bytesRead;
            }
            else
            {
                _issues.Add((order, issue));
            }
        }

        _meter.Add(1, bytesRead, issue is null ? 0 : 1);
    }
}
