using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace CodRetrieve.Service.Tests.Support;

/// <summary>A PostgreSQL server of a test's own, on a free port and with a folder of its own; as another user where the tests run as root, which PostgreSQL refuses.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "codretrieve";

    private readonly string _folder;
    private readonly string _data;
    private readonly int _port = FreePort();
    private readonly string[] _settings;
    private Process? _process;

    // On a small disk its journal takes new segments as it goes, instead of using old ones again.
    private PostgresServer(string folder, bool isSmall) => (_folder, _data, _settings) = (folder, Path.Combine(folder, "data"), isSmall ? ["-c", "min_wal_size=2MB", "-c", "max_wal_size=8MB"] : []);

    /// <summary>The folder of the programs; null where PostgreSQL is not installed.</summary>
    public static string? Programs { get; } = OperatingSystem.IsLinux() && Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Order(StringComparer.Ordinal).LastOrDefault(bin => File.Exists(Path.Combine(bin, "postgres")))
        : null;

    /// <summary>Starts a server.</summary>
    /// <param name="disk">A small disk for its folder; <see langword="null"/> for one of the temporary folder's.</param>
    public static async Task<PostgresServer> StartAsync(SmallDisk? disk = null)
    {
        var folder = disk is null ? Directory.CreateTempSubdirectory("codretrieve-postgres-") : Directory.CreateDirectory(Path.Combine(disk.Path, "postgres"));
        var server = new PostgresServer(folder.FullName, disk is not null);
        try
        {
            if (Environment.IsPrivilegedProcess)
            {
                await RunAsync("chmod", ["755", server._folder]);
                await RunAsync("install", ["-d", "-o", "postgres", "-m", "700", server._data]);
            }

            await RunAsync(Command("initdb"), [.. Arguments("initdb"), "-D", server._data, "-U", User, "-A", "trust", "--no-sync", "--no-locale", "-E", "UTF8", $"--wal-segsize={(disk is null ? 16 : 1)}"]);
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

    /// <summary>The port that it listens on.</summary>
    public int Port => _port;

    /// <summary>A connection string as another port of this machine has it, such as a relay's.</summary>
    public static string Through(int port, string connection) => new NpgsqlConnectionStringBuilder(connection) { Port = port }.ConnectionString;

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

    /// <summary>Runs a statement, which may fail.</summary>
    public async Task TryExecuteAsync(string statement)
    {
        try
        {
            await ExecuteAsync(statement);
        }
        catch (NpgsqlException)
        {
            // The server is full, or has ended.
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

    /// <summary>Gets whether the server has ended by itself.</summary>
    public bool HasExited => _process is { HasExited: true };

    /// <summary>Starts the server again, on the same port and data.</summary>
    public async Task ResumeAsync()
    {
        var start = new ProcessStartInfo(Command("postgres")) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        string[] arguments = [.. Arguments("postgres"), "-D", _data, "-p", $"{_port}", "-h", "127.0.0.1", "-k", "", "-c", "fsync=off", "-c", "max_connections=300", "-c", "shared_buffers=64MB", .. _settings];
        Array.ForEach(arguments, start.ArgumentList.Add);
        _process?.Dispose();
        _process = Process.Start(start)!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitUntilReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await CrashAsync();
        }

        _process?.Dispose();

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
