namespace CodRetrieve.Benchmarks.EndToEnd;

/// <summary>Measures whole retrievals as processes, the contenders in turn, so that a machine whose speed drifts harms none of them.</summary>
internal sealed class EndToEndBenchmark(string folder, string program, int runs)
{
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
                Contender.CodRetrieve(program, server.Throttled, uids, 8, "cod-retrieve, 8 connections"),
                Contender.CodRetrieve(program, server.Throttled, uids, 1, "cod-retrieve, 1 connection"),
            ]);
        }
    }

    private Contender[] Contenders(DataSet set, Uri endpoint, string uids, string urls)
    {
        var self = Path.Combine(AppContext.BaseDirectory, "CodRetrieve.Benchmarks");
        var ours = Contender.CodRetrieve(program, endpoint, uids, 8);
        // A tar beyond 2 GiB does not fit into an array, which ends the simple program.
        return set.SeriesPerStudy == 1
            ? [ours, Contender.CurlTar(urls, 1)]
            : [ours, Contender.Simple(self, urls), Contender.CurlTar(urls, 1), Contender.CurlTar(urls, 4)];
    }

    private async Task CompareAsync(string title, IReadOnlyList<Contender> contenders)
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
    }

    private async Task SecondRunAsync(DataSet set, Uri endpoint, string uids)
    {
        var output = NewOutput();
        var ours = Contender.CodRetrieve(program, endpoint, uids, 8, "second run");
        await Measurement.OfAsync(ours.Command(output));
        var measured = new List<Measurement>();
        for (var run = 0; run < runs; run++)
        {
            measured.Add(await Measurement.OfAsync(ours.Command(output)));
        }

        Directory.Delete(output, recursive: true);
        Report.Write($"{set.Name}, all {set.Instances:N0} instances there (goal {0.5 + (set.Instances * 20e-6):0.00} s)", [(ours.Name, measured)]);
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
