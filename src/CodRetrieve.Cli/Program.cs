using System.Collections;
using System.Runtime.InteropServices;
using CodRetrieve.Cli;

using var cancel = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);

// A terminal that is closed, a session that ends, Ctrl+Break. Who starts it with nohup wants it to go on.
using var hangUp = Hangup.IsIgnored ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, Cancel);
using var quit = OperatingSystem.IsWindows() ? PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Cancel) : null;

var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
    .ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value, StringComparer.Ordinal);
var terminal = new Terminal(Console.Out, Console.Error, environment) { IsInteractive = !Console.IsOutputRedirected };
return await App.RunAsync(args, terminal, cancel.Token).ConfigureAwait(false);

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
        Console.Error.WriteLine("Stopping cleanly; Ctrl+C once more ends it at once.");
    }

    cancel.Cancel();
}
