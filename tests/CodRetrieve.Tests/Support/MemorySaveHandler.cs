using System.Collections.Concurrent;
using System.Security.Cryptography;
using CodRetrieve.Saving;

namespace CodRetrieve.Tests.Support;

/// <summary>A user's save handler: keeps the SHA-256 of what it was given.</summary>
public sealed class MemorySaveHandler : ISaveHandler
{
    public ConcurrentDictionary<string, string> Saved { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<StudyInfo> Completed { get; } = new();

    /// <summary>Called before an instance is read; what it throws is thrown.</summary>
    public Func<InstanceInfo, Stream, Task>? BeforeReading { get; init; }

    public Action<SeriesInfo>? Finding { get; init; }

    public Action<StudyInfo>? Completing { get; init; }

    public ValueTask<SavedInstances> FindSavedAsync(SeriesInfo series, CancellationToken cancellationToken)
    {
        Finding?.Invoke(series);
        var prefix = $"{series.StudyInstanceUid}/{series.SeriesInstanceUid}/";
        return ValueTask.FromResult(new SavedInstances(
            Saved.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Select(key => key[prefix.Length..])));
    }

    public async ValueTask<string> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
    {
        if (BeforeReading is not null)
        {
            await BeforeReading(instance, content);
        }

        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[10_000];
        var size = 0L;
        for (int count; (count = await content.ReadAsync(buffer, cancellationToken)) > 0; size += count)
        {
            sha.AppendData(buffer, 0, count);
        }

        var key = $"{instance.Series.StudyInstanceUid}/{instance.Series.SeriesInstanceUid}/{instance.SopInstanceUid}";
        Assert.True(Saved.TryAdd(key, Convert.ToHexStringLower(sha.GetHashAndReset())), "An instance came twice.");
        return key;
    }

    public ValueTask CompleteStudyAsync(StudyInfo study, CancellationToken cancellationToken)
    {
        Completed.Enqueue(study);
        Completing?.Invoke(study);
        return ValueTask.CompletedTask;
    }
}
