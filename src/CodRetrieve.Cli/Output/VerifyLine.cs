using CodRetrieve.Verification;
using Spectre.Console;

namespace CodRetrieve.Cli.Output;

/// <summary>One line that shows how far verification is, and goes away at its end.</summary>
internal static class VerifyLine
{
    /// <summary>Shows it while <paramref name="run"/> lasts; what that throws passes through.</summary>
    public static Task<VerificationResult> ShowAsync(TextWriter output, Func<IProgress<VerificationProgress>?, Task<VerificationResult>> run) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) })
            .Live(new Text("starting")).AutoClear(true).StartAsync(context => run(new Line(context)));

    private sealed class Line(LiveDisplayContext context) : IProgress<VerificationProgress>
    {
        public void Report(VerificationProgress value) => context.UpdateTarget(new Text(VerifyLines.TextOf(value)));
    }
}
