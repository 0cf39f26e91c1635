using CodRetrieve.Saving;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Saving.Deliveries;

public sealed class DeliveryReceiptsTests
{
    private const string Receiver = "https://pacs.example/dicom-web";
    private const string Study = "1.2.3";

    // As version 0.1 wrote it first, without a SOP class.
    private const string Written = """
        {"time":"2026-11-01T00:00:00.000Z","series":"1.2.3.4","instance":"1.2.3.4.5","sopInstanceUid":"1.2.3.4.6","size":1000,"crc32c":"AAAAAQ==","generation":7,"receiver":"https://pacs.example/dicom-web","outcome":"Stored","status":200,"verified":"None","check":"ea38efd1"}
        """;

    [Fact]
    public void A_receipt_that_was_written_before_can_be_read()
    {
        using var folder = new TempFolder();
        Add(folder, Instance("1.2.3.4.9"), "Stored");
        File.WriteAllText(Directory.EnumerateFiles(folder.Path, "*.jsonl", SearchOption.AllDirectories).Single(), "\n" + Written + "\n");

        var receipt = new DeliveryReceipts(folder.Path, Receiver).Of(Study)!.Find(Instance("1.2.3.4.5"));

        Assert.Equal(new DeliveryReceipt(1000, 1, 7, "Stored", null), receipt);
        Assert.Null(new DeliveryReceipts(folder.Path, Receiver).Of(Study)!.Find(Instance("1.2.3.4.9")));
    }

    [Fact]
    public void The_last_receipt_of_an_instance_counts()
    {
        using var folder = new TempFolder();
        Add(folder, Instance("1.2.3.4.5"), "Stored");
        Add(folder, Instance("1.2.3.4.5"), "Committed");

        var receipt = new DeliveryReceipts(folder.Path, Receiver).Of(Study)!.Find(Instance("1.2.3.4.5"))!.Value;

        Assert.Equal("Committed", receipt.Outcome);
        Assert.Equal(new SopReference("1.2.840.10008.5.1.4.1.1.2", "1.2.3.4.6"), receipt.Reference);
        Assert.Null(new DeliveryReceipts(folder.Path, "dicom://OTHER@pacs.example:104").Of(Study)!.Find(Instance("1.2.3.4.5")));
    }

    [Theory]
    [InlineData(1000, 5u, 5u, true)]
    [InlineData(1001, 5u, 5u, false)]
    [InlineData(1000, 6u, 5u, false)]
    public void A_receipt_is_of_the_bytes_that_the_store_lists(long size, uint listed, uint sent, bool isOf)
    {
        var instance = CodModelFactory.Series(Study, "1.2.3.4", instances: [("1.2.3.4.5", size, listed)]).Instances[0];

        Assert.Equal(isOf, new DeliveryReceipt(1000, sent, 7, "Stored", null).IsOf(instance));
    }

    [Fact]
    public void A_directory_that_cannot_be_written_is_named()
    {
        using var folder = new TempFolder();
        File.WriteAllText(Path.Combine(folder.Path, ".codretrieve"), "");

        var failure = Assert.Throws<DestinationException>(() => Add(folder, Instance("1.2.3.4.5"), "Stored"));

        Assert.Equal(DestinationFailure.NotWritable, failure.Reason);
        Assert.Contains(folder.Path, failure.Message, StringComparison.Ordinal);
    }

    private static InstanceInfo Instance(string uid) => CodModelFactory.Series(Study, "1.2.3.4", instances: [(uid, null, null)]).Instances[0];

    private static void Add(TempFolder folder, InstanceInfo instance, string outcome)
    {
        var receipts = new DeliveryReceipts(folder.Path, Receiver);
        receipts.Add(new(instance, "1.2.3.4.6", 1000, 1, outcome) { SopClassUid = "1.2.840.10008.5.1.4.1.1.2", Status = 0xB000, Reason = 0x0112, Time = DateTimeOffset.UnixEpoch });
        receipts.Complete(Study);
    }
}
