using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;

namespace CodRetrieve.DicomWeb.Tests.Orthanc;

/// <summary>An Orthanc of a test's own, on a free port, with its folders below one of the test's.</summary>
internal sealed class OrthancServer : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly string _folder;
    private readonly string _storage;
    private readonly int _port;
    private readonly bool _hasLogin;
    private Process? _process;

    private OrthancServer(string folder, string? storage, bool hasLogin)
    {
        _folder = folder;
        _storage = storage ?? Path.Combine(folder, "storage");
        _hasLogin = hasLogin;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _port = ((IPEndPoint)listener.LocalEndpoint).Port;
        if (hasLogin)
        {
            _http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("pacs:secret"u8));
        }
    }

    public static string? Program => new[] { "/usr/sbin/Orthanc", "/usr/bin/Orthanc" }.FirstOrDefault(File.Exists);

    public static string? Plugin => new[] { "/usr/share/orthanc/plugins/libOrthancDicomWeb.so" }.FirstOrDefault(File.Exists);

    public Uri ServiceUrl => new($"http://127.0.0.1:{_port}/dicom-web/");

    public static async Task<OrthancServer> StartAsync(string folder, string? storage = null, bool hasLogin = false)
    {
        var server = new OrthancServer(folder, storage, hasLogin);
        await server.StartAsync();
        return server;
    }

    public async Task StartAsync()
    {
        Directory.CreateDirectory(_storage);
        var configuration = Path.Combine(_folder, "orthanc.json");
        File.WriteAllText(configuration, $$"""
            {
              "Name": "test", "StorageDirectory": "{{_storage}}", "IndexDirectory": "{{Directory.CreateDirectory(Path.Combine(_folder, "index")).FullName}}",
              "HttpPort": {{_port}}, "DicomServerEnabled": false, "RemoteAccessAllowed": false, "OverwriteInstances": true,
              "AuthenticationEnabled": {{(_hasLogin ? "true" : "false")}}, "RegisteredUsers": { "pacs": "secret" },
              "Plugins": ["{{Plugin}}"], "DicomWeb": { "Enable": true, "Root": "/dicom-web/" }
            }
            """);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = _process = new Process { StartInfo = new(Program!, [configuration]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = _folder } };
        process.ErrorDataReceived += (_, line) => Look(line.Data);
        process.OutputDataReceived += (_, line) => Look(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => started.TrySetException(new InvalidOperationException("Orthanc ended before it had started."));
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        await started.Task;

        void Look(string? line)
        {
            if (line?.Contains("Orthanc has started", StringComparison.Ordinal) == true)
            {
                started.TrySetResult();
            }
        }
    }

    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    /// <summary>How many instances it has.</summary>
    public async Task<int> CountAsync()
    {
        using var statistics = JsonDocument.Parse(await _http.GetByteArrayAsync(new Uri($"http://127.0.0.1:{_port}/statistics")));
        return statistics.RootElement.GetProperty("CountInstances").GetInt32();
    }

    /// <summary>The SHA-256 of every instance's file, by its SOP Instance UID.</summary>
    public async Task<SortedDictionary<string, string>> FilesAsync()
    {
        var root = new Uri($"http://127.0.0.1:{_port}/");
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        using var list = JsonDocument.Parse(await _http.GetByteArrayAsync(new Uri(root, "instances?expand")));
        foreach (var instance in list.RootElement.EnumerateArray())
        {
            var file = await _http.GetByteArrayAsync(new Uri(root, $"instances/{instance.GetProperty("ID").GetString()}/file"));
            found.Add(instance.GetProperty("MainDicomTags").GetProperty("SOPInstanceUID").GetString()!, Convert.ToHexStringLower(SHA256.HashData(file)));
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _http.Dispose();
    }
}
