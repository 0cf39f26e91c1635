using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace CodRetrieve.Saving;

/// <summary>The receipts of a receiver, study by study. Safe for use by several threads.</summary>
internal sealed class DeliveryReceipts(string? directory, string receiver)
{
    private readonly ConcurrentDictionary<string, Lazy<StudyDeliveries>> _studies = new(StringComparer.Ordinal);
    private readonly string? _folder = directory is null
        ? null
        : Path.Combine(Path.GetFullPath(directory), ".codretrieve", "deliveries", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(receiver)))[..16]);

    /// <summary>The receipts of a study; <see langword="null"/> where there are to be none.</summary>
    /// <exception cref="DestinationException">They cannot be read.</exception>
    public StudyDeliveries? Of(string studyInstanceUid) => _folder is null
        ? null
        : Guard(() => _studies.GetOrAdd(studyInstanceUid, uid => new(() => StudyDeliveries.Read(Path.Combine(_folder, uid + ".jsonl")))).Value);

    /// <exception cref="DestinationException">It cannot be written.</exception>
    public void Add(DeliveryRecord record)
    {
        if (Of(record.Instance.Series.StudyInstanceUid) is { } study)
        {
            Guard(() =>
            {
                study.Add(record, receiver);
                return study;
            });
        }
    }

    /// <summary>Makes a study's receipts durable and lets go of them.</summary>
    /// <exception cref="DestinationException">They cannot be written.</exception>
    public void Complete(string studyInstanceUid)
    {
        if (_studies.TryRemove(studyInstanceUid, out var study) && study.IsValueCreated)
        {
            using var closing = study.Value;
            Guard(() =>
            {
                closing.Flush();
                return closing;
            });
        }
    }

    public void Close()
    {
        foreach (var study in _studies.Keys)
        {
            Complete(study);
        }
    }

    // Without a receipt a delivery cannot be shown to anybody: better not to go on.
    private StudyDeliveries Guard(Func<StudyDeliveries> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DestinationException(
                DestinationFailure.NotWritable, $"Receipts of deliveries cannot be read or written in {_folder}: {e.Message} Make the folder writable, or free space, and run again.", e);
        }
    }
}
