using Spectre.Console;

namespace CodRetrieve.Cli.Output;

/// <summary>One line that tells someone who is watching how far verifying is, and goes away at its end.</summary>
internal static class VerifyLine
{
    /// <summary>Shows it while <paramref name="run"/> lasts; what that throws passes through.</summary>
    public static Task<VerifyResult> ShowAsync(TextWriter output, Func<IProgress<VerifyProgress>?, Task<VerifyResult>> run) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) })
            .Live(new Text("starting")).AutoClear(true).StartAsync(context => run(new Line(context)));

    private sealed class Line(LiveDisplayContext context) : IProgress<VerifyProgress>
    {
        public void Report(VerifyProgress value) => context.UpdateTarget(
            new Text($"{Count.Of(value.InstancesChecked, "instance")} looked at, {ByteSize.Text(value.BytesRead)} read, {value.Findings} found"));
    }
}
