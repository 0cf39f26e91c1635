using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

namespace CodRetrieve.Benchmarks.EndToEnd;

/// <summary>
/// Debian's nginx as the store: it sends the objects' files with sendfile and the listings from prepared files, so that the server costs
/// little beside what is measured.
/// </summary>
internal sealed class NginxServer : IAsyncDisposable
{
    public const string Bucket = "bench-bucket";

    private readonly Process _process;

    private NginxServer(Process process, Uri endpoint, Uri throttled) => (_process, Endpoint, Throttled) = (process, endpoint, throttled);

    public Uri Endpoint { get; }

    /// <summary>The same store at 50 MB/s a connection.</summary>
    public Uri Throttled { get; }

    public static async Task<NginxServer> StartAsync(string folder, IEnumerable<string> studies)
    {
        var (port, throttled) = (FreePort(), FreePort());
        if (!OperatingSystem.IsWindows())
        {
            // Started by root, nginx reads the files as another user.
            File.SetUnixFileMode(folder, (UnixFileMode)Convert.ToInt32("755", 8));
        }

        var lists = Directory.CreateDirectory(Path.Combine(folder, "lists")).FullName;
        foreach (var study in studies)
        {
            await WriteListAsync(folder, lists, study);
        }

        Directory.CreateDirectory(Path.Combine(folder, "nginx"));
        var config = Path.Combine(folder, "nginx", "nginx.conf");
        await File.WriteAllTextAsync(config, Config(folder, port, throttled));
        var process = Process.Start(new ProcessStartInfo("nginx", ["-p", Path.Combine(folder, "nginx"), "-c", config, "-e", "error.log"]))!;
        await WaitUntilReadyAsync(port);
        return new NginxServer(process, Address(port), Address(throttled));
    }

    public static string TarUrl(Uri endpoint, string objectName) => $"{endpoint}storage/v1/b/{Bucket}/o/{Uri.EscapeDataString(objectName)}?alt=media";

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Uri Address(int port) => new($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/");

    private static string Config(string folder, int port, int throttled) => $$"""
        daemon off;
        worker_processes 2;
        pid nginx.pid;
        events { worker_connections 1024; }
        http {
          access_log off;
          sendfile on;
          tcp_nopush on;
          keepalive_requests 1000000;
          client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp; uwsgi_temp_path temp; scgi_temp_path temp;
          {{Server(folder, port, "")}}
          {{Server(folder, throttled, "limit_rate 50000000;")}}
        }
        """;

    private static string Server(string folder, int port, string rate) => $$"""
        server {
            listen 127.0.0.1:{{port}};
            location = /storage/v1/b/{{Bucket}}/o {
              default_type application/json;
              root {{folder}}/lists;
              try_files /$arg_prefix.json =404;
            }
            location ~ ^/storage/v1/b/{{Bucket}}/o/(.*/metadata\.json)$ {
              default_type application/json;
              add_header Content-Encoding gzip;
              alias {{folder}}/objects/$1;
            }
            location /storage/v1/b/{{Bucket}}/o/ {
              default_type application/x-tar;
              {{rate}}
              alias {{folder}}/objects/;
            }
          }
        """;

    private static async Task WriteListAsync(string folder, string lists, string study)
    {
        var prefix = $"{DataSet.Prefix}/studies/{study}/series/";
        var objects = Path.Combine(folder, "objects");
        var items = new DirectoryInfo(Path.Combine(objects, prefix)).EnumerateFiles("*", SearchOption.AllDirectories)
            .Select(file => new
            {
                name = Path.GetRelativePath(objects, file.FullName),
                size = file.Length.ToString(CultureInfo.InvariantCulture),
                generation = "1",
            })
            .OrderBy(item => item.name, StringComparer.Ordinal);
        await using var target = File.Create(Path.Combine(lists, Uri.EscapeDataString(prefix) + ".json"));
        await JsonSerializer.SerializeAsync(target, new { items });
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task WaitUntilReadyAsync(int port)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (SocketException) when (attempt < 100)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }
    }
}
