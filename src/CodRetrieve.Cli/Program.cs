using System.Collections;
using System.Runtime.InteropServices;
using CodRetrieve.Cli;
using CodRetrieve.Cli.Output;

var closed = StandardDescriptors.TakeClosed();
using var output = new GuardedWriter(Console.Out, closed[1]);
using var error = new GuardedWriter(Console.Error, closed[2]);
using var cancel = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);

// A terminal that is closed, a session that ends, Ctrl+Break. Who starts it with nohup wants it to go on.
using var hangUp = Hangup.IsIgnored ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, Cancel);
using var quit = OperatingSystem.IsWindows() ? PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Cancel) : null;

// The signal of setrlimit(2) for a file beyond the limit, which kills without a word; ignored, writing fails, and that is reported.
using var fileSize = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create((PosixSignal)25, static context => context.Cancel = true);

var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
    .ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value, StringComparer.Ordinal);
var terminal = new Terminal(output, error, environment)
{
    Input = Console.OpenStandardInput,
    IsOutputGone = StandardDescriptors.IsOutputGone,
    IsInteractive = !closed[1] && !Console.IsOutputRedirected && environment.GetValueOrDefault("TERM") != "dumb",
};
return ExitCode.WithOutput(await App.RunAsync(args, terminal, cancel.Token).ConfigureAwait(false), output, error);

// The first signal lets what is under way come to a clean end; the second one, left to the system, ends the process at once.
void Cancel(PosixSignalContext context)
{
    if (cancel.IsCancellationRequested)
    {
        return;
    }

    context.Cancel = true;
    if (context.Signal == PosixSignal.SIGINT)
    {
        error.WriteLine("Stopping cleanly; Ctrl+C once more ends it at once.");
    }

    cancel.Cancel();
}
