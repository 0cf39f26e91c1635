using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace CodRetrieve.Service.Tests.Support;

/// <summary>A PostgreSQL server of a test's own, on a free port and with a folder of its own; as another user where the tests run as root, which PostgreSQL refuses.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "codretrieve";

    private readonly string _folder = Directory.CreateTempSubdirectory("codretrieve-postgres-").FullName;
    private readonly string _data;
    private readonly int _port = FreePort();
    private Process? _process;

    private PostgresServer() => _data = Path.Combine(_folder, "data");

    /// <summary>The folder of the programs; null where PostgreSQL is not installed.</summary>
    public static string? Programs { get; } = OperatingSystem.IsLinux() && Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Order(StringComparer.Ordinal).LastOrDefault(bin => File.Exists(Path.Combine(bin, "postgres")))
        : null;

    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer();
        try
        {
            if (Environment.IsPrivilegedProcess)
            {
                await RunAsync("chmod", ["755", server._folder]);
                await RunAsync("install", ["-d", "-o", "postgres", "-m", "700", server._data]);
            }

            await RunAsync(Command("initdb"), [.. Arguments("initdb"), "-D", server._data, "-U", User, "-A", "trust", "--no-sync", "--no-locale", "-E", "UTF8"]);
            await server.ResumeAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a database, and returns its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    /// <summary>Runs statements one after the other, each without a transaction around it.</summary>
    public async Task ExecuteAsync(params string[] statements)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false;Options=-c default_transaction_read_only=off");
        await connection.OpenAsync();
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Ends the server as a restart of its machine would: at once, without a checkpoint, with all connections.</summary>
    public async Task CrashAsync()
    {
        var process = _process!;
        await RunAsync("kill", ["-QUIT", PostmasterId()]);
        await process.WaitForExitAsync();
        process.Dispose();
        _process = null;
    }

    /// <summary>Starts the server again, on the same port and data.</summary>
    public async Task ResumeAsync()
    {
        var start = new ProcessStartInfo(Command("postgres")) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        string[] arguments = [.. Arguments("postgres"), "-D", _data, "-p", $"{_port}", "-h", "127.0.0.1", "-k", "", "-c", "fsync=off", "-c", "max_connections=300", "-c", "shared_buffers=64MB"];
        Array.ForEach(arguments, start.ArgumentList.Add);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitUntilReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await CrashAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string PostmasterId() => File.ReadLines(Path.Combine(_data, "postmaster.pid")).First();

    private async Task WaitUntilReadyAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
                await connection.OpenAsync(limit.Token);
                return;
            }
            catch (NpgsqlException) when (!_process!.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
            }
        }
    }

    private string ConnectionString(string database) => $"Host=127.0.0.1;Port={_port};Username={User};Database={database}";

    private static string Program(string name) => Path.Combine(Programs!, name);

    private static string Command(string program) => Environment.IsPrivilegedProcess ? "setpriv" : Program(program);

    private static string[] Arguments(string program) => Environment.IsPrivilegedProcess ? ["--reuid=postgres", "--regid=postgres", "--clear-groups", Program(program)] : [];

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program}: {await output}{await error}");
    }
}
