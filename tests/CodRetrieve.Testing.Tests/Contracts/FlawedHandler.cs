using System.Collections.Concurrent;
using CodRetrieve.Saving;

namespace CodRetrieve.Testing.Tests.Contracts;

/// <summary>A handler in memory, with the life of one that belongs to a job, and one flaw. It is its own fixture.</summary>
internal sealed class FlawedHandler(HandlerFlaw flaw) : ISaveHandlerFixture, ISaveHandler, ISaveHandlerLifecycle
{
    private readonly ConcurrentDictionary<string, byte[]> _saved = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _visible = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _begun = new(StringComparer.Ordinal);
    private int _calls;
    private int _completed;

    public bool IsOpen { get; private set; }

    public ISaveHandler CreateHandler() => this;

    public ValueTask<byte[]> ReadAsync(InstanceInfo instance, CancellationToken cancellationToken) => ValueTask.FromResult(_saved[instance.SopInstanceUid]);

    public IEnumerable<string> ListVisible() => _visible.Keys;

    public ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        Assert.False(IsOpen);
        IsOpen = true;
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> TryBeginStudyAsync(string studyInstanceUid, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_begun.TryAdd(studyInstanceUid, true));

    public ValueTask CloseAsync()
    {
        Assert.True(IsOpen);
        IsOpen = false;
        _begun.Clear();
        if (flaw == HandlerFlaw.ForgetsAtClose)
        {
            _saved.Clear();
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<SavedInstances> FindSavedAsync(SeriesInfo series, CancellationToken cancellationToken) => ValueTask.FromResult(new SavedInstances(series.Instances
        .Where(one => flaw == HandlerFlaw.FindsEverything || (_saved.TryGetValue(one.SopInstanceUid, out var bytes) && (flaw == HandlerFlaw.AddsByte || bytes.Length == (one.SizeBytes ?? bytes.Length))))
        .Select(one => one.SopInstanceUid)));

    public async ValueTask<string> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _calls) > 1 && flaw == HandlerFlaw.OneCallAtATime)
        {
            throw new InvalidOperationException("Another call is under way.");
        }

        try
        {
            await SaveContentAsync(instance, content, flaw == HandlerFlaw.IgnoresToken ? CancellationToken.None : cancellationToken);
            return flaw == HandlerFlaw.NoLocation ? "" : $"memory:{instance.SopInstanceUid}";
        }
        catch (IOException e) when (flaw == HandlerFlaw.WrapsExceptions)
        {
            throw new DestinationException(DestinationFailure.Full, "The disk is full.", e);
        }
        finally
        {
            Interlocked.Decrement(ref _calls);
        }
    }

    public ValueTask CompleteStudyAsync(StudyInfo study, CancellationToken cancellationToken)
    {
        if (flaw == HandlerFlaw.CompletesOnce && Interlocked.Increment(ref _completed) > 1)
        {
            throw new InvalidOperationException("The study is complete.");
        }

        if (flaw != HandlerFlaw.StaysBusy)
        {
            _begun.TryRemove(study.StudyInstanceUid, out _);
        }

        return ValueTask.CompletedTask;
    }

    private async Task SaveContentAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        if (flaw == HandlerFlaw.ShowsPartialContent)
        {
            _visible[instance.SopInstanceUid] = true;
        }

        try
        {
            await CopyAsync(instance, content, bytes, cancellationToken);
        }
        catch (Exception) when (flaw == HandlerFlaw.KeepsFailedContent)
        {
            _saved[instance.SopInstanceUid] = bytes.ToArray();
            throw;
        }

        if (flaw == HandlerFlaw.AddsByte)
        {
            bytes.WriteByte(0);
        }

        if (flaw == HandlerFlaw.ForgetsOthers)
        {
            _saved.Clear();
        }

        _visible[instance.SopInstanceUid] = true;
        if (flaw != HandlerFlaw.FirstWins || !_saved.ContainsKey(instance.SopInstanceUid))
        {
            _saved[instance.SopInstanceUid] = bytes.ToArray();
        }
    }

    private async Task CopyAsync(InstanceInfo instance, Stream content, MemoryStream bytes, CancellationToken cancellationToken)
    {
        if (flaw == HandlerFlaw.NeedsSize)
        {
            Assert.NotNull(instance.SizeBytes);
        }

        if (flaw == HandlerFlaw.StopsAtSize && instance.SizeBytes is { } size)
        {
            var whole = new byte[size];
            await content.ReadExactlyAsync(whole, cancellationToken);
            bytes.Write(whole);
            return;
        }

        await content.CopyToAsync(bytes, cancellationToken);
    }
}
