using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace CodRetrieve.Dimse.Tests.Support;

/// <summary>An archive of others, as a process on a port of its own.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private PeerProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public static bool Has(string program) => File.Exists($"/usr/bin/{program}") || File.Exists($"/usr/sbin/{program}");

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts a program, and waits until the handler's echo is responded to.</summary>
    public static async Task<PeerProcess> StartAsync(string program, string folder, int port, DimseSaveHandler handler, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var peer = new PeerProcess(process, port);
        while (true)
        {
            try
            {
                await handler.EchoAsync();
                return peer;
            }
            catch (DestinationException) when (!process.HasExited)
            {
                using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
                await pause.WaitForNextTickAsync();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
