using System.Globalization;

#pragma warning disable MA0004 // ContractCheck runs it on the thread pool, where there is no context to return to.

namespace CodRetrieve.Testing.Contracts;

/// <summary>What a handler does with content that arrives whole.</summary>
internal static class SavingChecks
{
    // Around the sizes at which files, blocks and buffers change what they do.
    private static readonly int[] Sizes = [0, 1, 511, 512, 513, (256 * 1024) - 1, 256 * 1024, (1024 * 1024) + 3];

    public static IReadOnlyList<HandlerCheck> All { get; } =
    [
        new("A new destination holds nothing", job => job.ThrowIfOthersFoundAsync(job.Samples.Of("1.2.3", 4), "in a new destination")),
        .. Sizes.Select(static size => new HandlerCheck(
            string.Create(CultureInfo.InvariantCulture, $"An instance of {size} bytes is saved exactly"),
            job => SavesExactlyAsync(job, job.Samples.WithSizes("1.2.3", [size]).Instances[0]))),
        new("An instance whose size is not known is saved", job => SavesExactlyAsync(job, job.Samples.WithSizes("1.2.3", [null]).Instances[0])),
        new("Exactly the instances that were saved are found", async job =>
        {
            var (series, other) = (job.Samples.Of("1.2.3", 5), job.Samples.Of("1.2.4", 5));
            await job.SaveAsync(series.Instances[1]);
            await job.SaveAsync(series.Instances[3]);
            await job.ThrowIfOthersFoundAsync(series, "after the second and the fourth were saved", series.Instances[1], series.Instances[3]);
            await job.ThrowIfOthersFoundAsync(other, "for another series");
        }),
        new("Several instances are saved at once", async job =>
        {
            var instances = job.Samples.Of("1.2.3", 20, 5000).Instances.Concat(job.Samples.Of("1.2.4", 20, 270_000).Instances).ToList();
            await Task.WhenAll(instances.Select(instance => Task.Run(() => job.SaveAsync(instance), job.CancellationToken)));
            await job.CompleteAsync();
            foreach (var instance in instances)
            {
                await job.ThrowIfNotSavedAsync(instance);
            }
        }),
        new("An instance that is saved again replaces the one before", async job =>
        {
            var instance = job.Samples.Of("1.2.3", 1).Instances[0];
            await job.SaveAsync(instance, new SampleContent(job.Samples.OtherBytes(instance)));
            await job.ThrowIfOthersFoundAsync(instance.Series, "after content of another size than the index lists was saved");
            await SavesExactlyAsync(job, instance);
        }),
        new("A study is completed again, and with nothing saved", async job =>
        {
            var instance = job.Samples.Of("1.2.3", 1).Instances[0];
            await job.CompleteAsync(isComplete: false);
            await job.SaveAsync(instance);
            await job.CompleteAsync();
            await job.CompleteAsync();
            await job.ThrowIfNotSavedAsync(instance);
        }),
        new("The next job finds what this one saved", async job =>
        {
            var series = job.Samples.Of("1.2.3", 3);
            await job.SaveAsync(series.Instances[0]);
            await job.CompleteAsync(isComplete: false);
            await job.SaveAsync(series.Instances[2]);
            await job.CloseAsync();
            await job.OpenAsync();
            await job.ThrowIfOthersFoundAsync(series, "in the next job", series.Instances[0], series.Instances[2]);
        }),
    ];

    private static async Task SavesExactlyAsync(HandlerProbe job, InstanceInfo instance)
    {
        await job.SaveAsync(instance);
        await job.ThrowIfOthersFoundAsync(instance.Series, "after it was saved", instance);
        await job.CompleteAsync();
        await job.ThrowIfNotSavedAsync(instance);
        await job.ThrowIfOthersFoundAsync(instance.Series, "after the study was completed", instance);
    }
}
