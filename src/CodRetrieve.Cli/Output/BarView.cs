using Spectre.Console;
using Spectre.Console.Rendering;

namespace CodRetrieve.Cli.Output;

/// <summary>One progress bar for the whole job and a line per running series, for a terminal. At the end it is replaced by the summary.</summary>
internal sealed class BarView(TextWriter output) : IDownloadView
{
    public Task ShowAsync(Job job, Func<IProgress<JobProgress>?, Task> run)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        return console.Live(Render(null, [])).AutoClear(true).StartAsync(context => run(new Frames(job, context)));
    }

    private static Rows Render(JobProgress? job, IReadOnlyList<SeriesProgressEventArgs> running) =>
        new(ProgressFrame.Lines(job, running).Select(line => (IRenderable)new Text(line) { Overflow = Overflow.Ellipsis }));

    /// <summary>Draws at each report of the job, which raises its events between them and never at the same time.</summary>
    private sealed class Frames : IProgress<JobProgress>
    {
        private readonly OrderedDictionary<string, SeriesProgressEventArgs> _running = new(StringComparer.Ordinal);
        private readonly LiveDisplayContext _context;

        public Frames(Job job, LiveDisplayContext context)
        {
            _context = context;
            job.Progress += (_, args) => Follow(args);
            job.Error += (_, args) => Leave(args.Failure);
        }

        public void Report(JobProgress value) => _context.UpdateTarget(Render(value, _running.Values));

        private void Follow(SeriesProgressEventArgs args)
        {
            if (args.BytesReceived < args.BytesTotal)
            {
                _running[args.Series.SeriesInstanceUid] = args;
            }
            else
            {
                _running.Remove(args.Series.SeriesInstanceUid);
            }
        }

        private void Leave(RetrievalFailure failure)
        {
            if (failure is { SeriesInstanceUid: { } series, SopInstanceUid: null })
            {
                _running.Remove(series);
            }
        }
    }
}
