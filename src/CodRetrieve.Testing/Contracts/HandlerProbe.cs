using CodRetrieve.Saving;

namespace CodRetrieve.Testing.Contracts;

/// <summary>A save handler as a check sees it, with the life that a job gives it; a study that was completed is begun again, so that a check can go on with it.</summary>
/// <param name="fixture">The handlers, and a way to look into their destination.</param>
/// <param name="cancellationToken">Ends the check.</param>
internal sealed class HandlerProbe(ISaveHandlerFixture fixture, CancellationToken cancellationToken)
{
    public const string Study = "1.2";

    private ISaveHandler? _handler;

    /// <summary>The handler under check.</summary>
    public ISaveHandler Handler => _handler ?? throw new InvalidOperationException("No handler is open.");

    /// <summary>Instances and bytes that the handler takes.</summary>
    public SampleInstances Samples { get; } = new(fixture.TakesDicomOnly);

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Makes a handler and begins the study, as a job does it.</summary>
    public async Task OpenAsync()
    {
        _handler = fixture.CreateHandler() ?? throw new ContractViolationException("CreateHandler returned null; it must return a handler.");
        if (_handler is ISaveHandlerLifecycle lifecycle)
        {
            await lifecycle.OpenAsync(cancellationToken).ConfigureAwait(false);
            await BeginAsync(lifecycle).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the job.</summary>
    public async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _handler, null) is ISaveHandlerLifecycle lifecycle)
        {
            await lifecycle.CloseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Completes the study, and begins it again.</summary>
    public async Task CompleteAsync(bool isComplete = true)
    {
        await Handler.CompleteStudyAsync(new StudyInfo(Study, isComplete), cancellationToken).ConfigureAwait(false);
        if (Handler is ISaveHandlerLifecycle lifecycle)
        {
            await BeginAsync(lifecycle).ConfigureAwait(false);
        }
    }

    /// <summary>Saves an instance whole.</summary>
    public Task SaveAsync(InstanceInfo instance) => SaveAsync(instance, new SampleContent(Samples.Bytes(instance)));

    /// <summary>Saves an instance with content that may fail.</summary>
    public async Task SaveAsync(InstanceInfo instance, Stream content)
    {
        var location = await Handler.SaveAsync(instance, content, cancellationToken).ConfigureAwait(false);
        Violation.If(string.IsNullOrEmpty(location), "SaveAsync returned no location; it must return where the instance is now, for display.");
    }

    /// <summary>Throws where not exactly these instances of a series are found.</summary>
    public async Task ThrowIfOthersFoundAsync(SeriesInfo series, string when, params IEnumerable<InstanceInfo> expected)
    {
        var saved = await Handler.FindSavedAsync(series, cancellationToken).ConfigureAwait(false)
            ?? throw new ContractViolationException("FindSavedAsync returned null; it must return SavedInstances.None where nothing is saved.");
        var found = string.Join(' ', series.Instances.Select(static instance => instance.SopInstanceUid).Where(saved.Contains));
        var wanted = string.Join(' ', expected.Select(static instance => instance.SopInstanceUid));
        Violation.If(found != wanted, $"FindSavedAsync found ({found}) {when}; it must find ({wanted}).");
    }

    /// <summary>Throws where an instance of a completed study is not what was given.</summary>
    public async Task ThrowIfNotSavedAsync(InstanceInfo instance)
    {
        var (bytes, expected) = (await fixture.ReadAsync(instance, cancellationToken).ConfigureAwait(false), Samples.Bytes(instance));
        Violation.If(
            !bytes.AsSpan().SequenceEqual(expected),
            $"Of the instance {instance.SopInstanceUid}, {bytes.Length} bytes are in the destination that are not its {expected.Length}; it must be exactly what the content gave.");
    }

    /// <summary>Throws where something of an instance can be seen.</summary>
    public void ThrowIfVisible(string when)
    {
        var visible = fixture.ListVisible().ToList();
        Violation.If(visible.Count > 0, $"{string.Join(", ", visible)} is in the destination {when}; nothing may be visible.");
    }

    private async Task BeginAsync(ISaveHandlerLifecycle lifecycle) => Violation.If(
        !await lifecycle.TryBeginStudyAsync(Study, cancellationToken).ConfigureAwait(false),
        "TryBeginStudyAsync returned false; it must return true where no other job has the study.");
}
