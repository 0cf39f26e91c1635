using System.Collections.Concurrent;
using System.Diagnostics;

namespace CodRetrieve.Service.Tests.Support;

/// <summary>The service as a process of its own: a node that can be killed, or stopped and continued.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private ServiceProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output => string.Join('\n', _output);

    /// <summary>How many lines of the output hold a text.</summary>
    public int Lines(string text) => _output.Count(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>Starts a node. It has no console of the test's, and its output is kept.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="temporary">Its folder for temporary files; <see langword="null"/> for the test's.</param>
    public static ServiceProcess Start(IEnumerable<string> arguments, string? temporary = null)
    {
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "cod-retrieve-service.exe" : "cod-retrieve-service");
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };

        // Three of them on few processors: quick to start matters more than quick later.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_gcServer"] = "0";
        if (temporary is not null)
        {
            start.Environment["TMPDIR"] = temporary;
        }

        var node = new ServiceProcess(new Process { StartInfo = start });
        node._process.OutputDataReceived += (_, line) => node.Keep(line.Data);
        node._process.ErrorDataReceived += (_, line) => node.Keep(line.Data);
        node._process.Start();
        node._process.BeginOutputReadLine();
        node._process.BeginErrorReadLine();
        return node;
    }

    /// <summary>Waits until it listens.</summary>
    /// <returns>Its address.</returns>
    public async Task<Uri> AddressAsync()
    {
        const string Says = "Now listening on: ";
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            if (_output.FirstOrDefault(static line => line.Contains(Says, StringComparison.Ordinal)) is { } line)
            {
                return new Uri(line[(line.IndexOf(Says, StringComparison.Ordinal) + Says.Length)..].Trim());
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);
        }
    }

    public static async Task<(int ExitCode, string Output)> RunAsync(IEnumerable<string> arguments)
    {
        await using var process = Start(arguments);
        await process._process.WaitForExitAsync();
        return (process._process.ExitCode, process.Output);
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public Task SuspendAsync() => SignalAsync("-STOP");

    public Task ContinueAsync() => SignalAsync("-CONT");

    public Task TerminateAsync() => SignalAsync("-TERM");

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{Id}"]);
        await kill.WaitForExitAsync();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }
}
