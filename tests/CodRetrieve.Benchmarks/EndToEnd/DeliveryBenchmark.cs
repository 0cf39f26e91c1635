using System.Globalization;
using CodRetrieve.DicomWeb.Tests.Orthanc;

namespace CodRetrieve.Benchmarks.EndToEnd;

/// <summary>Measures deliveries as processes: to Orthanc, against what a person would do with a download and curl, and what they take of memory.</summary>
internal sealed class DeliveryBenchmark(string folder, string program, int runs)
{
    private int _outputs;

    /// <summary>Measures the time to Orthanc, each time to an empty one.</summary>
    public async Task RunAsync()
    {
        foreach (var set in DataSet.Delivered)
        {
            var (studies, server) = await PrepareAsync(set);
            await using var store = server;
            var contenders = new (string Name, Func<Uri, string, IReadOnlyList<string>> Command)[]
            {
                ("cod-retrieve send", (receiver, _) => Send(store.Endpoint, studies, receiver)),
                ("cod-retrieve download, then curl for each file", (receiver, output) => DownloadThen(store.Endpoint, studies, output, OneByOne(receiver, output))),
                ("cod-retrieve download, then curl for each series", (receiver, output) => DownloadThen(store.Endpoint, studies, output, BySeries(receiver, output))),
            };
            var results = contenders.Select(static one => (one.Name, Runs: new List<Measurement>())).ToList();
            for (var run = 0; run <= runs; run++)
            {
                foreach (var (contender, result) in contenders.Zip(results))
                {
                    var measured = await MeasureAsync(contender.Command, set.Instances);
                    if (run > 0)
                    {
                        result.Runs.Add(measured);
                    }
                }
            }

            Report.Write($"{set.Name}: {set.Meaning}", results);
        }
    }

    /// <summary>Measures the peak of memory with a receiver that throws everything away.</summary>
    public async Task MeasureMemoryAsync(IReadOnlyCollection<string> names)
    {
        foreach (var set in DataSet.DeliveredWhole.Where(set => names.Count == 0 || names.Contains(set.Name)))
        {
            var (studies, server) = await PrepareAsync(set);
            await using var store = server;
            await using var receiver = await DiscardingReceiver.StartAsync();
            var measured = new List<Measurement>();
            for (var run = 0; run < runs; run++)
            {
                measured.Add(await Measurement.OfAsync(Send(store.Endpoint, studies, receiver.ServiceUrl)));
            }

            var bytes = (long)set.Instances * set.InstanceBytes * runs;
            if (receiver.BytesReceived < bytes || receiver.InstancesReceived != set.Instances * runs)
            {
                throw new InvalidOperationException($"{receiver.InstancesReceived} instances and {receiver.BytesReceived} bytes arrived.");
            }

            Report.Write($"{set.Name}: {set.Meaning}, thrown away", [("cod-retrieve send", measured)]);
        }
    }

    private async Task<(string Studies, NginxServer Server)> PrepareAsync(DataSet set)
    {
        Directory.CreateDirectory(folder);
        Console.WriteLine($"writing {set.Name}: {set.Meaning}");
        var uids = await set.WriteAsync(folder);
        var studies = Path.Combine(folder, $"{set.Name}.studies");
        await File.WriteAllLinesAsync(studies, uids);
        return (studies, await NginxServer.StartAsync(folder, uids));
    }

    private async Task<Measurement> MeasureAsync(Func<Uri, string, IReadOnlyList<string>> command, int instances)
    {
        var output = Directory.CreateDirectory(Path.Combine(folder, $"delivery-{(_outputs++).ToString(CultureInfo.InvariantCulture)}")).FullName;
        try
        {
            await using var orthanc = await OrthancServer.StartAsync(Directory.CreateDirectory(Path.Combine(output, "orthanc")).FullName);
            var measured = await Measurement.OfAsync(command(orthanc.ServiceUrl, Path.Combine(output, "files")));
            var arrived = await orthanc.CountAsync();
            return arrived == instances ? measured : throw new InvalidOperationException($"{arrived} of {instances} instances arrived.");
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
    }

    private string[] Send(Uri store, string studies, Uri receiver) =>
    [
        program, "send", $"gs://{NginxServer.Bucket}/{DataSet.Prefix}", "@" + studies, "--to", receiver.AbsoluteUri, "--anonymous", "--quiet", "--endpoint", store.AbsoluteUri,
    ];

    private string[] DownloadThen(Uri store, string studies, string output, string then) =>
    [
        "sh", "-ec", $"{program} download gs://{NginxServer.Bucket}/{DataSet.Prefix} @{studies} -o {output} --anonymous --quiet --endpoint {store.AbsoluteUri}\n{then}",
    ];

    private static string OneByOne(Uri receiver, string output) =>
        $"find {output} -name '*.dcm' -print0 | xargs -0 -I '{{}}' curl -sf -o /dev/null -X POST --data-binary '@{{}}' {new Uri(receiver, "/instances")}";

    private static string BySeries(Uri receiver, string output) => $$"""
        for series in $(find {{output}} -name instances -type d); do
          for file in "$series"/*.dcm; do printf -- '--part\r\nContent-Type: application/dicom\r\n\r\n'; cat "$file"; printf '\r\n'; done > {{output}}/body
          printf -- '--part--\r\n' >> {{output}}/body
          curl -sf -o /dev/null -X POST -T {{output}}/body -H 'Content-Type: multipart/related; type="application/dicom"; boundary=part' {{new Uri(receiver, "studies")}}
        done
        """;
}
