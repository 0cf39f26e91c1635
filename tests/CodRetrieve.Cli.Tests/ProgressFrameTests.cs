using CodRetrieve.Cli.Output;
using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

public sealed class ProgressFrameTests
{
    [Fact]
    public void Before_anything_is_known_it_says_so() => Assert.Equal("starting", Assert.Single(ProgressFrame.Lines(null, [])));

    [Fact(Timeout = 30_000)]
    public async Task Lines_fit_a_terminal_and_the_last_one_is_full()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, [.. Enumerable.Range(0, 12).Select(_ => new SyntheticSeriesOptions { InstanceCount = 2 })]);
        await using var cod = new CodDownload(new CodDownloadOptions { Endpoint = store.Server.Endpoint });
        cod.InitBucket(TestStore.Url);
        cod.InitDirectory(store.Folder.Output);
        var job = await cod.DownloadAsync([study.StudyInstanceUid]);
        var running = new List<SeriesProgressEventArgs>();
        job.Progress += (_, args) => running.Add(args);
        var last = new LastProgress();

        await job.RunAsync(last);

        var lines = ProgressFrame.Lines(last.Value, running).ToList();
        Assert.StartsWith(new string('█', 24) + " 100%  812.9 kB of 812.9 kB  ", lines[0], StringComparison.Ordinal);
        Assert.Equal($"  and {running.Count - 8} more series", lines[9]);
        Assert.Equal(10, lines.Count);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 79));
    }

    private sealed class LastProgress : IProgress<JobProgress>
    {
        public JobProgress? Value { get; private set; }

        public void Report(JobProgress value) => Value = value;
    }
}
