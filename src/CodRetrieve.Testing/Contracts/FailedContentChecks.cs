#pragma warning disable MA0004 // ContractCheck runs it on the thread pool, where there is no context to return to.

namespace CodRetrieve.Testing.Contracts;

/// <summary>What a handler does with content that fails, or does not end.</summary>
internal static class FailedContentChecks
{
    // What a full disk gives, so that a handler must not take a failure of the content for one of its own.
    private const int DiskFull = 28;

    public static IReadOnlyList<HandlerCheck> All { get; } =
    [
        new("What reading the content throws is thrown unchanged, even where it looks like a full disk", async job =>
        {
            var (instance, failure) = (NewInstance(job), new IOException("the connection broke", DiskFull));
            var thrown = await CatchAsync(() => job.SaveAsync(instance, new SampleContent(job.Samples.Bytes(instance).AsMemory(0, 290_000), _ => Task.FromException(failure))));
            Violation.If(!ReferenceEquals(thrown, failure), $"The content threw an IOException, and SaveAsync {Said(thrown)}; it must let that exception pass unchanged.", thrown);
        }),
        new("Content that fails at its end leaves nothing, and the instance can be saved later", async job =>
        {
            // The whole of it came, but the checksum was wrong: the last moment at which content can fail.
            var (instance, failure) = (NewInstance(job), new InvalidDataException("the checksum does not match"));
            var thrown = await CatchAsync(() => job.SaveAsync(instance, new SampleContent(job.Samples.Bytes(instance), _ => Task.FromException(failure))));
            Violation.If(!ReferenceEquals(thrown, failure), $"The content threw at its end, and SaveAsync {Said(thrown)}; it must read to the end, and let that exception pass unchanged.", thrown);
            await job.ThrowIfOthersFoundAsync(instance.Series, "after its content failed");
            job.ThrowIfVisible("after its content failed");

            await job.SaveAsync(instance);
            await job.CompleteAsync();
            await job.ThrowIfNotSavedAsync(instance);
        }),
        new("Cancelling leaves nothing", async job =>
        {
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(job.CancellationToken);
            var (instance, waiting) = (NewInstance(job), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            var content = new SampleContent(job.Samples.Bytes(instance).AsMemory(0, 280_000), ct =>
            {
                waiting.TrySetResult();
                return Task.Delay(Timeout.InfiniteTimeSpan, ct);
            });
            var saving = job.Handler.SaveAsync(instance, content, cancellation.Token).AsTask();
            await Task.WhenAny(waiting.Task, saving);
            await cancellation.CancelAsync();

            var thrown = await CatchAsync(() => saving);
            Violation.If(thrown is not OperationCanceledException, $"SaveAsync was cancelled, and {Said(thrown)}; it must read with its token, and throw an OperationCanceledException.", thrown);
            await job.ThrowIfOthersFoundAsync(instance.Series, "after saving it was cancelled");
            job.ThrowIfVisible("after saving it was cancelled");
        }),
        new("Nothing is found before the content ended", async job =>
        {
            var (waiting, end) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            var instance = NewInstance(job);
            var saving = job.SaveAsync(instance, new SampleContent(job.Samples.Bytes(instance), ct =>
            {
                waiting.TrySetResult();
                return end.Task.WaitAsync(ct);
            }));
            await Task.WhenAny(waiting.Task, saving);
            Violation.If(saving.IsCompletedSuccessfully, "SaveAsync ended before the content did; it must read until a read gives 0, since the checksum is known only then.");

            await job.ThrowIfOthersFoundAsync(instance.Series, "before its content ended");
            end.TrySetResult();
            await saving;
            await job.ThrowIfOthersFoundAsync(instance.Series, "after its content ended", instance);
        }),
    ];

    private static InstanceInfo NewInstance(HandlerProbe job) => job.Samples.Of("1.2.3", 1, 300_000).Instances[0];

    private static async Task<Exception?> CatchAsync(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
#pragma warning disable CA1031 // What is thrown is what is checked.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return e;
        }
    }

    private static string Said(Exception? thrown) => thrown is null ? "returned" : $"threw {thrown.GetType().Name}";
}
