namespace CodRetrieve.Cli.Output;

/// <summary>Chooses how a download is shown.</summary>
internal static class DownloadViews
{
    /// <summary>Whether a bar is on the screen, so that other lines must wait.</summary>
    public static bool HasBar(Request request, Terminal terminal) => Resolve(request, terminal) == ProgressMode.Bar;

    /// <param name="request">What was asked for.</param>
    /// <param name="terminal">Where it is shown: on standard output, unless that is for one object in JSON alone.</param>
    public static IDownloadView Create(Request request, Terminal terminal)
    {
        var output = request.Json ? terminal.Error : terminal.Out;
        return Resolve(request, terminal) switch
        {
            ProgressMode.Bar => new BarView(output),
            ProgressMode.Plain => new PlainView(output),
            ProgressMode.Json => new JsonView(output),
            _ => new SilentView(),
        };
    }

    private static ProgressMode Resolve(Request request, Terminal terminal) =>
        request.Progress != ProgressMode.Auto ? request.Progress
        : request.Json || request.Quiet ? ProgressMode.None
        // Log lines would go through the middle of a bar.
        : terminal.IsInteractive && request.LogLevel == Microsoft.Extensions.Logging.LogLevel.None ? ProgressMode.Bar
        : ProgressMode.Plain;
}
