using CodRetrieve.DicomWeb.Tests.Support;

namespace CodRetrieve.DicomWeb.Tests.Receipts;

public sealed class StudyDeliveriesTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_receipt_that_is_cut_or_damaged_is_none_and_the_others_count()
    {
        await using var site = await Delivering.StartAsync(new() { HasSearch = false });
        var study = site.Put(instances: 5);
        await site.SendAsync(study, options => options.ReceiptDirectory = site.Folder.Path);
        var path = Directory.EnumerateFiles(site.Folder.Path, "*.jsonl", SearchOption.AllDirectories).Single();
        var bytes = File.ReadAllBytes(path);
        var line = Array.IndexOf(bytes, (byte)'c', 40);
        bytes[line] = (byte)'x';
        File.WriteAllBytes(path, bytes[..^20]);

        var (result, _) = await site.SendAsync(study, options => options.ReceiptDirectory = site.Folder.Path);

        Assert.Equal((2, 3), (result.InstancesSaved, result.InstancesSkipped));
        var (last, _) = await site.SendAsync(study, options => options.ReceiptDirectory = site.Folder.Path);
        Assert.Equal(5, last.InstancesSkipped);
    }

    [Fact(Timeout = 60_000)]
    public async Task Receipts_of_one_receiver_are_none_of_another()
    {
        await using var site = await Delivering.StartAsync();
        await using var other = await Delivering.StartAsync();
        var study = site.Put();
        await site.SendAsync(study, options => options.ReceiptDirectory = site.Folder.Path);
        other.Put();

        Assert.Equal(8, (await other.SendAsync(study, options => options.ReceiptDirectory = site.Folder.Path)).Result.InstancesSaved);
    }
}
