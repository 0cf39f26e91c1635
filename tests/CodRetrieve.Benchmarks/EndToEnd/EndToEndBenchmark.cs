using System.Globalization;
using CodRetrieve.Testing;

namespace CodRetrieve.Benchmarks.EndToEnd;

/// <summary>Measures whole retrievals as processes, the contenders in turn, so that a machine whose speed drifts harms none of them.</summary>
internal sealed class EndToEndBenchmark(string folder, string program, int runs)
{
    // A shared machine is noisy, and a short measurement the more so.
    private const double MaxWallRatio = 3;
    private const double MaxMemoryRatio = 1.3;
    // Short as it is, most of it is finding out how many requests the link takes; with eight at a time it is twelve times its time.
    private const double MaxLinkRatio = 8;

    private static readonly TestLink Link = new();

    private int _outputs;

    public async Task RunAsync(IReadOnlyCollection<string> names)
    {
        Directory.CreateDirectory(folder);
        var sets = DataSet.All.Where(set => names.Count == 0 || names.Contains(set.Name) || (set.Name == "H" && names.Contains("T"))).ToList();
        var studies = new Dictionary<DataSet, IReadOnlyList<string>>();
        foreach (var set in sets)
        {
            Console.WriteLine($"writing {set.Name}: {set.Meaning}");
            studies[set] = await set.WriteAsync(folder);
        }

        await using var server = await NginxServer.StartAsync(folder, studies.Values.SelectMany(uids => uids));
        foreach (var set in sets.Where(set => names.Count == 0 || names.Contains(set.Name)))
        {
            var (uids, urls) = await WriteListsAsync(set, studies[set], server.Endpoint);
            await CompareAsync($"{set.Name}: {set.Meaning}", Contenders(set, server.Endpoint, uids, urls));
            await SecondRunAsync(set, server.Endpoint, uids);
        }

        if (names.Count == 0 || names.Contains("T"))
        {
            var set = sets.Single(set => set.Name == "H");
            var (uids, _) = await WriteListsAsync(set, studies[set], server.Throttled);
            await CompareAsync("H at 50 MB/s a connection",
            [
                Contender.CodRetrieve(program, server.Throttled, uids, name: "cod-retrieve, 8 connections"),
                Contender.CodRetrieve(program, server.Throttled, uids, 1, "cod-retrieve, 1 connection"),
            ]);
        }
    }

    /// <summary>Measures only what saving as zips costs against saving as files.</summary>
    public Task CompareZipsAsync(IReadOnlyCollection<string> names) =>
        WithEachAsync(DataSet.All.Where(set => names.Count == 0 || names.Contains(set.Name)), async (set, studies, server) =>
        {
            var (uids, urls) = await WriteListsAsync(set, studies, server.Endpoint);
            var results = await CompareAsync($"{set.Name}: {set.Meaning}", Contenders(set, server.Endpoint, uids, urls)[..2]);
            var ratio = Report.Median(results[1].Runs, run => run.WallSeconds) / Report.Median(results[0].Runs, run => run.WallSeconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"zip: {ratio:0.00} x the wall time of files"));
        });

    /// <summary>Measures only what the store makes of it: the built-in one, and the one over Google's client.</summary>
    public Task CompareStoresAsync(IReadOnlyCollection<string> names) =>
        WithEachAsync(DataSet.All.Where(set => names.Contains(set.Name)), async (set, studies, server) =>
        {
            var (uids, _) = await WriteListsAsync(set, studies, server.Endpoint);
            await CompareAsync($"{set.Name}: {set.Meaning}", [Contender.Store(StoreProgram.Client, server.Endpoint, uids), Contender.Store(StoreProgram.BuiltIn, server.Endpoint, uids)]);
        });

    /// <summary>Measures a run over what is there already: with its receipts, and without, so that every byte of it is read and compared.</summary>
    public Task RunAgainAsync(IReadOnlyCollection<string> names) =>
        WithEachAsync(DataSet.All.Concat(DataSet.Large).Where(set => names.Contains(set.Name)), async (set, studies, server) =>
        {
            var (uids, _) = await WriteListsAsync(set, studies, server.Endpoint);
            await SecondRunAsync(set, server.Endpoint, uids, withoutReceipts: true);
        });

    /// <summary>Measures retrievals over a link: what distance costs, against the bytes that the link carries in that time.</summary>
    public Task RunOverLinkAsync(IReadOnlyCollection<string> names) =>
        WithEachAsync(DataSet.All.Append(DataSet.Small).Where(set => names.Contains(set.Name)), async (set, studies, server) =>
        {
            await using var relay = LinkRelay.Start(Link, server.Endpoint);
            var (uids, urls) = await WriteListsAsync(set, studies, relay.Endpoint);
            var seconds = set.StoredBytes(folder) / (double)Link.BytesPerSecond;
            var results = await CompareAsync($"{set.Name}: {set.Meaning}; the link takes {seconds.ToString("0.00", CultureInfo.InvariantCulture)} s",
            [
                Contender.CodRetrieve(program, relay.Endpoint, uids),
                Contender.CurlTar(urls, 16),
            ]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"cod-retrieve: {Report.Median(results[0].Runs, run => run.WallSeconds) / seconds:0.00} x the link's time"));
        });

    /// <summary>Fetches a hundredth of each set over the link, and tells how many of its bytes that took.</summary>
    public Task SampleOverLinkAsync(IReadOnlyCollection<string> names) =>
        WithEachAsync(DataSet.All.Where(set => names.Contains(set.Name)), async (set, studies, server) =>
        {
            await using var relay = LinkRelay.Start(Link, server.Endpoint);
            var (uids, _) = await WriteListsAsync(set, studies, relay.Endpoint);
            await CompareAsync($"{set.Name}: {set.Meaning}; a hundredth of each series", [Contender.CodRetrieve(program, relay.Endpoint, uids, name: "--sample 100", more: ["--sample", "100"])]);
            var bytes = relay.ResponseBytes / (double)(runs + 1);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB a run, {100 * bytes / set.StoredBytes(folder):0.00} % of what is stored, listings and indexes included"));
        });

    /// <summary>
    /// A few seconds' worth, for a build that no one watches: fails only when something has become several times slower than
    /// <c>curl | tar</c>, or memory grows with the size of a series.
    /// </summary>
    public async Task<bool> CheckAsync()
    {
        Directory.CreateDirectory(folder);
        var (several, single, small) = (DataSet.Quick[0], DataSet.Quick[1], DataSet.Quick[2]);
        var studies = new Dictionary<DataSet, IReadOnlyList<string>>();
        foreach (var set in DataSet.Quick)
        {
            studies[set] = await set.WriteAsync(folder);
        }

        await using var server = await NginxServer.StartAsync(folder, studies.Values.SelectMany(uids => uids));
        var (uids, urls) = await WriteListsAsync(several, studies[several], server.Endpoint);
        var (singleUids, _) = await WriteListsAsync(single, studies[single], server.Endpoint);
        var results = await CompareAsync("Check",
        [
            Contender.CodRetrieve(program, server.Endpoint, uids, name: several.Meaning),
            Contender.CodRetrieve(program, server.Endpoint, singleUids, name: single.Meaning),
            Contender.CurlTar(urls, 4),
        ]);
        var wall = Report.Median(results[0].Runs, run => run.WallSeconds) / Report.Median(results[2].Runs, run => run.WallSeconds);
        var memory = Report.Median(results[1].Runs, run => run.PeakMegabytes) / Report.Median(results[0].Runs, run => run.PeakMegabytes);
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wall {wall:0.00} x curl | tar (at most {MaxWallRatio}), memory {memory:0.00} x for a series of eight times the size (at most {MaxMemoryRatio})"));
        await using var relay = LinkRelay.Start(Link, server.Endpoint);
        var (smallUids, _) = await WriteListsAsync(small, studies[small], relay.Endpoint);
        var seconds = small.StoredBytes(folder) / (double)Link.BytesPerSecond;
        var overLink = await CompareAsync("Check over a link", [Contender.CodRetrieve(program, relay.Endpoint, smallUids, name: small.Meaning)]);
        var link = Report.Median(overLink[0].Runs, run => run.WallSeconds) / seconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{link:0.00} x the link's time (at most {MaxLinkRatio})"));
        return wall <= MaxWallRatio && memory <= MaxMemoryRatio && link <= MaxLinkRatio;
    }

    // One set at a time, each with a server of its own.
    private async Task WithEachAsync(IEnumerable<DataSet> sets, Func<DataSet, IReadOnlyList<string>, NginxServer, Task> measure)
    {
        Directory.CreateDirectory(folder);
        foreach (var set in sets)
        {
            Console.WriteLine($"writing {set.Name}: {set.Meaning}");
            var studies = await set.WriteAsync(folder);
            await using var server = await NginxServer.StartAsync(folder, studies);
            await measure(set, studies, server);
        }
    }

    private Contender[] Contenders(DataSet set, Uri endpoint, string uids, string urls)
    {
        var self = Path.Combine(AppContext.BaseDirectory, "CodRetrieve.Benchmarks");
        var ours = Contender.CodRetrieve(program, endpoint, uids);
        var zips = Contender.CodRetrieve(program, endpoint, uids, name: "cod-retrieve download --zip", more: "--zip");
        // A tar beyond 2 GiB does not fit into an array, which ends the simple program.
        return set.SeriesPerStudy == 1
            ? [ours, zips, Contender.CurlTar(urls, 1)]
            : [ours, zips, Contender.Simple(self, urls), Contender.CurlTar(urls, 1), Contender.CurlTar(urls, 4)];
    }

    private async Task<IReadOnlyList<(string Name, List<Measurement> Runs)>> CompareAsync(string title, IReadOnlyList<Contender> contenders)
    {
        var results = contenders.Select(contender => (contender.Name, Runs: new List<Measurement>())).ToList();
        for (var run = 0; run <= runs; run++)
        {
            foreach (var (contender, result) in contenders.Zip(results))
            {
                var output = NewOutput();
                var measured = await Measurement.OfAsync(contender.Command(output));
                Directory.Delete(output, recursive: true);
                // The first run of each warms the page cache, and is not counted.
                if (run > 0)
                {
                    result.Runs.Add(measured);
                }
            }
        }

        Report.Write(title, results);
        return results;
    }

    private async Task SecondRunAsync(DataSet set, Uri endpoint, string uids, bool withoutReceipts = false)
    {
        var output = NewOutput();
        var ours = Contender.CodRetrieve(program, endpoint, uids, name: "second run");
        var first = await Measurement.OfAsync(ours.Command(output));
        var (measured, adopting) = (new List<Measurement>(), new List<Measurement>());
        for (var run = 0; run < runs; run++)
        {
            measured.Add(await Measurement.OfAsync(ours.Command(output)));
            if (withoutReceipts)
            {
                Directory.Delete(Path.Combine(output, ".codretrieve"), recursive: true);
                adopting.Add(await Measurement.OfAsync(ours.Command(output)));
            }
        }

        Directory.Delete(output, recursive: true);
        Report.Write($"{set.Name}, all {set.Instances:N0} instances there (goal {0.5 + (set.Instances * 20e-6):0.00} s)", [("first run", [first]), (ours.Name, measured)]);
        if (withoutReceipts)
        {
            Report.Write($"{set.Name}, without receipts: {(double)set.Instances * set.InstanceBytes / Report.Median(adopting, run => run.WallSeconds) / 1e9:0.00} GB/s", [("adopting", adopting)]);
        }
    }

    private string NewOutput() => Directory.CreateDirectory(Path.Combine(folder, $"output-{_outputs++}")).FullName;

    private async Task<(string Uids, string Urls)> WriteListsAsync(DataSet set, IReadOnlyList<string> studies, Uri endpoint)
    {
        var uids = Path.Combine(folder, $"{set.Name}.studies");
        await File.WriteAllLinesAsync(uids, studies);
        var objects = Path.Combine(folder, "objects");
        var urls = Path.Combine(folder, $"{set.Name}.urls");
        await File.WriteAllLinesAsync(urls, studies
            .SelectMany(study => Directory.EnumerateFiles(Path.Combine(objects, DataSet.Prefix, "studies", study, "series"), "*.tar"))
            .Select(file => $"{Path.GetFileNameWithoutExtension(file)} {NginxServer.TarUrl(endpoint, Path.GetRelativePath(objects, file))}"));
        return (uids, urls);
    }
}
