using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using CodRetrieve.DependencyInjection.Tests.Support;
using CodRetrieve.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkerService;

namespace CodRetrieve.DependencyInjection.Tests;

/// <summary>The sample does what it says.</summary>
public sealed class WorkerServiceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    // There before anyone watches: what appears in a new folder may go unnoticed.
    public WorkerServiceTests()
    {
        foreach (var name in new[] { "inbox", "done", "failed" })
        {
            Directory.CreateDirectory(At(name));
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Requests_are_retrieved_and_moved_with_their_results()
    {
        await using var store = await TestStore.StartAsync();
        var studies = new[] { store.Put(TestHost.SmallStudy(1)), store.Put(TestHost.SmallStudy(2)) };
        await using var worker = await StartAsync(store);

        Ask("files", new { bucket = TestStore.Url, studies = new[] { studies[0].StudyInstanceUid } });
        Ask("zips", new { bucket = TestStore.Url, studies = new[] { studies[1].StudyInstanceUid }, zip = true });
        Ask("missing", new { bucket = TestStore.Url, studies = new[] { "1.2.3.404" } });
        Ask("nonsense", new { bucket = 3 });
        Ask("no-bucket", new { bucket = "ftp://secret", studies = new[] { "1.2" } });
        await MovedAsync("done/files", "done/zips", "failed/missing", "failed/nonsense", "failed/no-bucket");

        Assert.Equal(studies[0].Expected(), SavedFiles.InFolder(At("studies/files")));
        Assert.Equal(studies[1].Expected(), SavedFiles.InZips(At("studies/zips")));
        Assert.Equal(15, Result("done/files").GetProperty("saved").GetInt32());
        Assert.Equal("1.2.3.404", Result("failed/missing").GetProperty("missingStudies")[0].GetString());
        Assert.Equal("Refused", Result("failed/nonsense").GetProperty("outcome").GetString());
        Assert.Equal("Refused", Result("failed/no-bucket").GetProperty("outcome").GetString());
        Assert.Empty(Directory.EnumerateFiles(At("inbox")));
    }

    [Fact(Timeout = 60_000)]
    public async Task Health_and_metrics_can_be_asked_for()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(TestHost.SmallStudy(3));
        await using var worker = await StartAsync(store);
        Ask("one", new { bucket = TestStore.Url, studies = new[] { study.StudyInstanceUid } });
        await MovedAsync("done/one");
        using var client = new HttpClient { BaseAddress = new Uri(worker.Urls.Single()) };

        Assert.Equal("Healthy", await client.GetStringAsync("health"));
        var metrics = await client.GetStringAsync("metrics");
        Assert.Matches(@"(?m)^codretrieve_instances_saved_total(\{.*\})? [1-9][0-9]*$", metrics);

        // A file where the folder was: the inbox cannot be looked into, which is logged when it is noticed.
        var errors = new ErrorSignal();
        worker.Services.GetRequiredService<ILoggerFactory>().AddProvider(errors);
        while (!TryBlockInbox())
        {
            await Task.Yield();
        }

        await errors.Raised;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("health")).StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_request_under_way_stays_in_the_inbox_when_the_service_stops_and_goes_on_at_the_next_start()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(TestHost.SmallStudy(4));
        var stall = store.Server.Faults.Add(Fault.StallAfter(100_000), RequestKind.Media, name => name.EndsWith(".tar", StringComparison.Ordinal));
        await using (var worker = await StartAsync(store))
        {
            Ask("long", new { bucket = TestStore.Url, studies = new[] { study.StudyInstanceUid } });
            await store.Server.WaitForRequestAsync(request => request.Fault is not null && request.BytesSent >= 100_000);
            await worker.StopAsync();
        }

        Assert.Equal(["long.json"], Directory.EnumerateFiles(At("inbox")).Select(Path.GetFileName));
        Assert.Empty(Directory.EnumerateFiles(At("studies"), "*.partial", SearchOption.AllDirectories));

        store.Server.Faults.Clear();
        await using var again = await StartAsync(store);
        await MovedAsync("done/long");
        Assert.Equal(study.Expected(), SavedFiles.InFolder(At("studies/long")));
    }

    private async Task<WebApplication> StartAsync(TestStore store)
    {
        var worker = WorkerApplication.Build(
        [
            "--urls=http://127.0.0.1:0",
            $"--Inbox:Folder={_folder.Path}",
            "--Inbox:Interval=00:00:00.02",
            $"--CodRetrieve:Endpoint={store.Server.Endpoint}",
            "--Logging:LogLevel:Default=None",
            "--Logging:LogLevel:WorkerService=Error",
            "--Logging:Console:LogLevel:Default=None",
        ]);
        await worker.StartAsync();
        return worker;
    }

    private void Ask(string name, object request)
    {
        var path = At($"inbox/{name}.new");
        File.WriteAllText(path, JsonSerializer.Serialize(request));
        File.Move(path, Path.ChangeExtension(path, ".json"));
    }

    // Looks each time that something changed in the folders; the test's time limit ends the wait.
    private async Task MovedAsync(params string[] names)
    {
        var changed = Channel.CreateUnbounded<string>();
        using var watcher = new FileSystemWatcher(_folder.Path) { IncludeSubdirectories = true };
        watcher.Created += (_, args) => changed.Writer.TryWrite(args.FullPath);
        watcher.Renamed += (_, args) => changed.Writer.TryWrite(args.FullPath);
        watcher.EnableRaisingEvents = true;
        while (!names.All(name => File.Exists(At(name + ".json")) && File.Exists(At(name + ".result.json"))))
        {
            await changed.Reader.ReadAsync();
        }
    }

    // The worker may make the folder again in between.
    private bool TryBlockInbox()
    {
        try
        {
            Directory.Delete(At("inbox"));
            File.WriteAllText(At("inbox"), "");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return File.Exists(At("inbox"));
        }
    }

    private JsonElement Result(string name) => JsonDocument.Parse(File.ReadAllText(At(name + ".result.json"))).RootElement;

    private string At(string name) => Path.Combine(_folder.Path, name);

    /// <summary>Tells when the service logs an error.</summary>
    private sealed class ErrorSignal : ILoggerProvider, ILogger
    {
        private readonly TaskCompletionSource _raised = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Raised => _raised.Task;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error)
            {
                _raised.TrySetResult();
            }
        }

        public void Dispose()
        {
        }
    }
}
