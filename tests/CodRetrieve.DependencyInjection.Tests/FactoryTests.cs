using CodRetrieve.DependencyInjection.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CodRetrieve.DependencyInjection.Tests;

public sealed class FactoryTests
{
    private const string Token = "secret-token-of-the-test";

    [Fact(Timeout = 120_000)]
    public async Task Eight_jobs_run_at_once_each_into_its_own_directory()
    {
        await using var store = await TestStore.StartAsync();
        var studies = Enumerable.Range(0, 8).Select(seed => store.Put(TestHost.SmallStudy(seed))).ToList();
        var allBegun = new Barrier(studies.Select(study => study.StudyInstanceUid));
        using var host = TestHost.Build(services => services
            .AddCodRetrieve(options => options.Endpoint = store.Server.Endpoint)
            .AddHttpMessageHandler(() => new WaitingHandler(allBegun)));
        using var folder = new TempFolder();

        var results = await Task.WhenAll(studies.Select(async study =>
        {
            await using var cod = host.Factory().Create(Path.Combine(folder.Path, study.StudyInstanceUid), TestStore.Url);
            return await cod.CreateWatchedJob([study.StudyInstanceUid], study.Seed % 2 == 1 ? OutputFormat.Zip : OutputFormat.Folder).RunAsync();
        }));

        Assert.All(results, result => Assert.Equal(JobOutcome.Complete, result.Outcome));
        Assert.All(studies, study => Assert.Equal(
            study.Expected(), SavedFiles.In(Path.Combine(folder.Path, study.StudyInstanceUid), zip: study.Seed % 2 == 1)));
    }

    [Fact]
    public void One_factory_serves_every_scope()
    {
        using var host = TestHost.Build(services => services.AddCodRetrieve());
        using var scope = host.Services.CreateScope();

        Assert.Same(host.Factory(), scope.ServiceProvider.GetRequiredService<ICodDownloadFactory>());
    }

    [Fact(Timeout = 60_000)]
    public async Task The_log_of_the_host_gets_the_messages_and_no_token()
    {
        await using var store = await TestStore.StartAsync(new() { AcceptedTokens = [Token] });
        var study = store.Put(TestHost.SmallStudy(3));
        store.Server.Faults.Add(CodRetrieve.Testing.Fault.Status(503), times: 1);
        var log = new ListLogger();
        using var host = TestHost.Build(services =>
        {
            services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new OneLogger(log)));
            services.AddCodRetrieve(options =>
            {
                options.Endpoint = store.Server.Endpoint;
                options.RetryDelay = TimeSpan.FromMilliseconds(1);
                options.MaxRetryDelay = TimeSpan.FromMilliseconds(5);
            });
        });
        using var folder = new TempFolder();
        await using var cod = host.Factory().Create(folder.Path, $"{TestStore.Url}?token={Token}");

        await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Contains(log.Entries, entry => entry.Id.Id == 100);
        Assert.DoesNotContain(log.Entries, entry => entry.Message.Contains(Token, StringComparison.Ordinal));
    }

    [Fact]
    public void The_clock_of_the_host_is_used_if_it_has_one()
    {
        var clock = new FakeTimeProvider();
        using var host = TestHost.Build(services =>
        {
            services.AddSingleton<TimeProvider>(clock);
            services.AddCodRetrieve();
        });

        Assert.Same(clock, host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<CodDownloadOptions>>().Value.TimeProvider);
    }

    [Fact]
    public void An_invalid_bucket_url_is_refused_and_leaves_nothing_open()
    {
        using var host = TestHost.Build(services => services.AddCodRetrieve());
        using var folder = new TempFolder();

        var refusal = Assert.Throws<ArgumentException>(() => host.Factory().Create(folder.Path, $"ftp://bucket?token={Token}"));

        Assert.DoesNotContain(Token, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Opens when something was asked of each study: no job's first request is answered before all jobs have one under way.</summary>
    private sealed class Barrier(IEnumerable<string> studies)
    {
        private readonly HashSet<string> _waitedFor = studies.ToHashSet(StringComparer.Ordinal);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task PassAsync(string url)
        {
            lock (_waitedFor)
            {
                _waitedFor.RemoveWhere(url.Contains);
                if (_waitedFor.Count == 0)
                {
                    _open.TrySetResult();
                }
            }

            return _open.Task;
        }
    }

    private sealed class WaitingHandler(Barrier barrier) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await barrier.PassAsync(request.RequestUri!.AbsoluteUri).WaitAsync(cancellationToken);
            return await base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class OneLogger(ILogger logger) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => logger;

        public void Dispose()
        {
        }
    }
}
