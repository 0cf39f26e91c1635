using System.Text.Json;
using CodRetrieve.Dimse.Tests.Support;

namespace CodRetrieve.Dimse.Tests;

/// <summary>Delivery to archives that others wrote.</summary>
public sealed class PeerTests
{
    private static readonly int[] Sizes = [0, 2, 16_370, 16_384, 500_000, 20_000_000];

    [PeerFact("storescp")]
    public async Task Dcmtk_stores_bit_for_bit_what_was_sent()
    {
        using var folder = new TempFolder();
        var port = PeerProcess.FreePort();
        await using var handler = new DimseSaveHandler(DimseAddress.Parse($"dicom://ARCHIVE@127.0.0.1:{port}?calling=TESTS"), new() { MaxAssociations = 1 });
        await using var peer = await PeerProcess.StartAsync("storescp", folder.Path, port, handler, "+B", "-aet", "ARCHIVE", "-od", folder.Path, $"{port}");

        foreach (var size in Sizes)
        {
            await handler.SendAsync($"1.2.3.{size}", size);
        }

        await handler.SendAsync("1.2.4", 1000, transferSyntax: "1.2.840.10008.1.2");
        await handler.CloseAsync();
        foreach (var size in Sizes)
        {
            var stored = await File.ReadAllBytesAsync(Directory.EnumerateFiles(folder.Path).Single(path => path.EndsWith($".1.2.3.{size}", StringComparison.Ordinal)));
            var dataSet = PartTen.DataSet(PartTen.CtImageStorage, $"1.2.3.{size}", size);
            Assert.Equal(dataSet, stored[^dataSet.Length..]);
        }
    }

    [PeerFact("storescp")]
    public async Task Dcmtk_names_the_context_that_it_does_not_accept()
    {
        using var folder = new TempFolder();
        var port = PeerProcess.FreePort();
        await using var handler = new DimseSaveHandler(DimseAddress.Parse($"dicom://ARCHIVE@127.0.0.1:{port}"));
        await using var peer = await PeerProcess.StartAsync("storescp", folder.Path, port, handler, "+B", "-od", folder.Path, $"{port}");

        var failure = await Assert.ThrowsAsync<DimseException>(() => handler.SendAsync(transferSyntax: PartTen.JpegLs));

        Assert.Contains(PartTen.JpegLs, failure.Message, StringComparison.Ordinal);
        await handler.SendAsync();
        Assert.Single(Directory.EnumerateFiles(folder.Path));
    }

    [PeerFact("storescp")]
    public async Task Dcmtk_keeps_nothing_of_an_instance_whose_content_failed()
    {
        using var folder = new TempFolder();
        var port = PeerProcess.FreePort();
        await using var handler = new DimseSaveHandler(DimseAddress.Parse($"dicom://ARCHIVE@127.0.0.1:{port}"));
        await using var peer = await PeerProcess.StartAsync("storescp", folder.Path, port, handler, "--fork", "-od", folder.Path, $"{port}");

        await Assert.ThrowsAsync<InvalidOperationException>(() => handler.SendAsync("1.2.1", 300_000, end: _ => throw new InvalidOperationException()));
        await handler.SendAsync("1.2.2", 300_000);

        Assert.EndsWith(".1.2.2", Assert.Single(Directory.EnumerateFiles(folder.Path)), StringComparison.Ordinal);
    }

    [PeerFact("Orthanc")]
    public async Task Orthanc_stores_instances_over_several_associations()
    {
        using var folder = new TempFolder();
        var port = PeerProcess.FreePort();
        var configuration = Path.Combine(folder.Path, "orthanc.json");
        await File.WriteAllTextAsync(configuration, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["StorageDirectory"] = Path.Combine(folder.Path, "storage"),
            ["IndexDirectory"] = Path.Combine(folder.Path, "storage"),
            ["DicomAet"] = "ARCHIVE",
            ["DicomPort"] = port,
            ["DicomCheckCalledAet"] = true,
            ["DicomAlwaysAllowStore"] = true,
            ["HttpServerEnabled"] = false,
            ["Plugins"] = Array.Empty<string>(),
        }));
        await using var handler = new DimseSaveHandler(DimseAddress.Parse($"dicom://ARCHIVE@127.0.0.1:{port}?calling=TESTS"), new() { MaxAttempts = 1 });
        await using var peer = await PeerProcess.StartAsync("Orthanc", folder.Path, port, handler, configuration);
        int[] sizes = [.. Enumerable.Range(1, 20).Select(i => i * 10_000), 10_000_000];

        await Task.WhenAll(sizes.Select(size => handler.SendAsync($"1.2.3.{size}", size)));

        var stored = Directory.EnumerateFiles(Path.Combine(folder.Path, "storage"), "*", SearchOption.AllDirectories).Select(path => new FileInfo(path).Length).ToList();
        Assert.All(sizes, size => Assert.Contains(stored, length => length > size && length < size + 2000));
        await using var stranger = new DimseSaveHandler(DimseAddress.Parse($"dicom://OTHER@127.0.0.1:{port}"), new() { MaxAttempts = 1 });
        var failure = await Assert.ThrowsAsync<DestinationException>(() => stranger.EchoAsync());
        Assert.Contains("called AE title OTHER", failure.Message, StringComparison.Ordinal);
    }
}
