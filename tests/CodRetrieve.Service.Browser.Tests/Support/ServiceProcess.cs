using System.Collections.Concurrent;
using System.Diagnostics;

namespace CodRetrieve.Service.Browser.Tests.Support;

/// <summary>The service as its own process, with a store in this one: started on a free port, and ended with the test.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly string Program = System.IO.Path.Combine(AppContext.BaseDirectory, "cod-retrieve-service.dll");

    private readonly TempFolder _folder;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output;

    private ServiceProcess(TestStore store, TempFolder folder, IReadOnlyDictionary<string, string> settings, Process process, ConcurrentQueue<string> output, Uri address)
    {
        Store = store;
        _folder = folder;
        _settings = settings;
        _process = process;
        _output = output;
        Address = address;
    }

    public TestStore Store { get; }

    public Uri Address { get; }

    public string Destination => System.IO.Path.Combine(_folder.Path, "studies");

    public string Output => string.Join('\n', _output);

    public static async Task<ServiceProcess> StartAsync(IReadOnlyDictionary<string, string>? more = null)
    {
        var store = await TestStore.StartAsync();
        var folder = new TempFolder();
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Service__DataDirectory"] = System.IO.Path.Combine(folder.Path, "data"),
            ["Service__Stores__archive__Url"] = TestStore.Url,
            ["Service__Stores__archive__Endpoint"] = store.Server.Endpoint.ToString(),
            ["Service__Stores__archive__MaxOutage"] = "00:00:00",
            ["Service__Destinations__research__Directory"] = System.IO.Path.Combine(folder.Path, "studies"),
            ["Service__Limits__AttemptsPerShard"] = "1",
            ["Service__Limits__StudiesPerShard"] = "5",
            ["Service__Node__Name"] = "node-1",
            ["Service__Node__SweepInterval"] = "00:00:00.1",
            ["Security__RequestsPerMinute"] = "100000",
            ["Security__SignInsPerMinute"] = "1000",
        };
        foreach (var (key, value) in more ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            settings[key] = value;
        }

        var output = new ConcurrentQueue<string>();
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = Info(settings, folder, "--urls", "http://127.0.0.1:0"), EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) =>
        {
            output.Enqueue(line.Data ?? "");
            if (line.Data?.Split("http://127.0.0.1:", 2) is [_, var rest] && int.TryParse(string.Concat(rest.TakeWhile(char.IsAsciiDigit)), out var port) && port > 0)
            {
                listening.TrySetResult(new Uri($"http://127.0.0.1:{port}/"));
            }
        };
        process.ErrorDataReceived += (_, line) => output.Enqueue(line.Data ?? "");
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException($"The service ended:\n{string.Join('\n', output)}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ServiceProcess(store, folder, settings, process, output, await listening.Task.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    /// <summary>Runs a command of the service beside it, and returns what it printed.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(Info(_settings, _folder, arguments))!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{string.Join(' ', arguments)}: exit code {process.ExitCode}\n{output}\n{await errors}");
    }

    public async Task<string> CreateKeyAsync(string role, string name, string? tenant = null) =>
        (await RunAsync(["keys", "create", "--role", role, "--name", name, .. tenant is null ? Array.Empty<string>() : ["--tenant", tenant]])).Trim();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        await Store.DisposeAsync();
        _folder.Dispose();
    }

    private static ProcessStartInfo Info(IReadOnlyDictionary<string, string> settings, TempFolder folder, params string[] arguments)
    {
        var info = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.Path };
        info.ArgumentList.Add(Program);
        foreach (var argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        foreach (var (key, value) in settings)
        {
            info.Environment[key] = value;
        }

        return info;
    }
}
