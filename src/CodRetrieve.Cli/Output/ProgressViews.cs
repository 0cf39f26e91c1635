using Microsoft.Extensions.Logging;

namespace CodRetrieve.Cli.Output;

/// <summary>Chooses how it is shown how far a command is.</summary>
internal static class ProgressViews
{
    /// <summary>Whether a bar is on the screen, so that other lines must wait.</summary>
    public static bool HasBar(Request request, Terminal terminal) => Resolve(request, terminal) == ProgressMode.Bar;

    /// <summary>The view of a download.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="terminal">Where it is shown: on standard output, unless that is for one object in JSON alone.</param>
    public static IDownloadView ForDownload(Request request, Terminal terminal)
    {
        var output = OutputOf(request, terminal);
        return Resolve(request, terminal) switch
        {
            ProgressMode.Bar => new BarView(output),
            ProgressMode.Plain => new PlainView(output),
            ProgressMode.Json => new JsonView(output),
            _ => new SilentView(),
        };
    }

    /// <summary>The lines of a verification without a bar; <see langword="null"/> for none.</summary>
    public static VerifyLines? ForVerification(Request request, Terminal terminal) => Resolve(request, terminal) switch
    {
        ProgressMode.Plain => new VerifyLines(OutputOf(request, terminal), json: false, TimeProvider.System),
        ProgressMode.Json => new VerifyLines(OutputOf(request, terminal), json: true, TimeProvider.System),
        _ => null,
    };

    private static TextWriter OutputOf(Request request, Terminal terminal) => request.Json ? terminal.Error : terminal.Out;

    private static ProgressMode Resolve(Request request, Terminal terminal) =>
        request.Progress != ProgressMode.Auto ? request.Progress
        : request.Json || request.Quiet ? ProgressMode.None
        // Log lines would go through the middle of a bar.
        : terminal.IsInteractive && request.LogLevel == LogLevel.None ? ProgressMode.Bar
        : ProgressMode.Plain;
}
