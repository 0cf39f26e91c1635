using Spectre.Console;

namespace CodRetrieve.Cli.Output;

/// <summary>One progress bar for the whole job, for someone who is watching.</summary>
/// <param name="output">The terminal.</param>
/// <param name="totalBytes">What is to be fetched; <see langword="null"/> where that is not known.</param>
internal sealed class BarView(TextWriter output, long? totalBytes) : IDownloadView
{
    // Short enough for everything to stay on one line of 80 characters.
    private const int UidTail = 8;
    private const int BarWidth = 20;

    public async Task ShowAsync(Job job, Func<Task> run)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        await console.Progress().AutoClear(enabled: true).Columns(Columns()).StartAsync(async context =>
        {
            var bar = context.AddTask("starting", maxValue: Math.Max(1, totalBytes ?? 1));
            bar.IsIndeterminate = totalBytes is null;
            Follow(job, bar);
            await run().ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    private ProgressColumn[] Columns() => totalBytes is null
        ? [new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = BarWidth }, new ElapsedTimeColumn()]
        :
        [
            new TaskDescriptionColumn { Alignment = Justify.Left },
            new ProgressBarColumn { Width = BarWidth },
            new PercentageColumn(),
            new DownloadedColumn(),
            new TransferSpeedColumn(),
            new RemainingTimeColumn(),
        ];

    private void Follow(Job job, ProgressTask bar)
    {
        var running = new List<string>();
        var received = 0L;
        job.Progress += (_, args) =>
        {
            received += args.Bytes;
            bar.Increment(totalBytes is null ? 0 : args.Bytes);
            running.Remove(args.Series.SeriesInstanceUid);
            if (args.BytesReceived < args.BytesTotal)
            {
                running.Insert(0, args.Series.SeriesInstanceUid);
            }

            bar.Description = Describe(running, totalBytes is null ? received : null);
        };
    }

    private static string Describe(List<string> running, long? received)
    {
        var series = running.Count == 0 ? "finishing" : running[0].Length <= UidTail ? running[0] : "…" + running[0][^UidTail..];
        var more = running.Count > 1 ? $" +{running.Count - 1}" : "";
        return Markup.Escape(series + more + (received is { } bytes ? $", {ByteSize.Text(bytes)}" : ""));
    }
}
