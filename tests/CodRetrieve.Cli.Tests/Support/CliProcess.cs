using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;

namespace CodRetrieve.Cli.Tests.Support;

/// <summary>The command line in a process of its own.</summary>
public sealed class CliProcess : IDisposable
{
    private const int SigHup = 1;
    private const int SigInt = 2;
    private const int SigTerm = 15;

    private readonly Process _process;
    private readonly Task<string> _out;
    private readonly Task<string> _error;
    private readonly Channel<string> _errorLines = Channel.CreateUnbounded<string>();

    private CliProcess(Process process)
    {
        _process = process;
        _out = process.StandardOutput.ReadToEndAsync();
        _error = ReadErrorAsync(process.StandardError);
    }

    public static CliProcess Start(params string[] args) => StartCommand([.. Command, .. args]);

    /// <summary>Starts it with variables of its own.</summary>
    public static CliProcess Start(IReadOnlyDictionary<string, string> environment, string[] args) => StartCommand([.. Command, .. args], environment);

    /// <summary>Starts it by another program, which is given it as arguments.</summary>
    public static CliProcess Start(string[] starter, string[] args) => StartCommand([.. starter, .. Command, .. args]);

    /// <summary>Starts one whose standard output is a file, or a named pipe.</summary>
    public static CliProcess StartInto(string output, params string[] args) => StartCommand(["/bin/sh", "-c", "exec \"$@\" > \"$0\"", output, .. Command, .. args]);

    /// <summary>Runs another program that lies beside the tests.</summary>
    public static async Task<CliResult> RunSampleAsync(string program, params string[] args)
    {
        using var process = StartCommand([Host, Path.Combine(AppContext.BaseDirectory, program), .. args]);
        return await process.EndAsync();
    }

    private static string Host => System.Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    private static string[] Command => [Host, Path.Combine(AppContext.BaseDirectory, "cod-retrieve.dll")];

    /// <summary>Starts a program that is not the one beside the tests.</summary>
    public static CliProcess StartProgram(string program, params string[] args) => StartCommand([program, .. args]);

    /// <summary>Starts a program with variables of its own.</summary>
    public static CliProcess StartProgram(string program, IReadOnlyDictionary<string, string> environment, params string[] args) =>
        StartCommand([program, .. args], environment);

    private static CliProcess StartCommand(string[] command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Nothing of the machine's own settings may lead the process elsewhere.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("COD_RETRIEVE_", StringComparison.Ordinal) || name is "STORAGE_EMULATOR_HOST" or "GOOGLE_APPLICATION_CREDENTIALS" || name.EndsWith("_PROXY", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new CliProcess(Process.Start(start)!);
    }

    public static async Task<CliResult> RunAsync(params string[] args)
    {
        using var process = Start(args);
        return await process.EndAsync();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Waits until this line was written to standard error.</summary>
    public async Task WaitForErrorLineAsync(string line)
    {
        await foreach (var written in _errorLines.Reader.ReadAllAsync())
        {
            if (written == line)
            {
                return;
            }
        }

        Assert.Fail($"The process ended without writing '{line}'.");
    }

    public Task ExitAsync() => _process.WaitForExitAsync();

    public async Task<CliResult> EndAsync()
    {
        await _process.WaitForExitAsync();
        return new CliResult(_process.ExitCode, await _out, await _error).Watched(_process.StartInfo.ArgumentList);
    }

    public void Interrupt() => Assert.Equal(0, SendSignal(_process.Id, SigInt));

    public void HangUp() => Assert.Equal(0, SendSignal(_process.Id, SigHup));

    public void InterruptIfRunning() => _ = SendSignal(_process.Id, SigInt);

    public void Terminate() => Assert.Equal(0, SendSignal(_process.Id, SigTerm));

    /// <summary>Ends the process as a power failure would, as far as it can know.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task<string> ReadErrorAsync(StreamReader reader)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync() is { } line)
        {
            text.Append(line).Append('\n');
            _errorLines.Writer.TryWrite(line);
        }

        _errorLines.Writer.Complete();
        return text.ToString();
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
