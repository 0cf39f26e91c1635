using System.Net;
using System.Net.Sockets;
using CodRetrieve.Dimse.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CodRetrieve.Dimse.Tests.Commitment;

/// <summary>Storage commitment.</summary>
public sealed class CommitmentTests
{
    private static readonly StudyInfo Study = new("1.2.3", IsComplete: true);

    [Theory(Timeout = 60_000)]
    [InlineData(ReportPath.SameAssociation, false)]
    [InlineData(ReportPath.SameAssociation, true)]
    [InlineData(ReportPath.BeforeResponse, false)]
    [InlineData(ReportPath.OwnAssociation, true)]
    [InlineData(ReportPath.NextAssociation, false)]
    public async Task A_study_is_committed_on_whichever_association_the_archive_reports(ReportPath path, bool listens)
    {
        await using var archive = new FakeArchive { Reports = path };
        await using var handler = Handler(archive, new() { ListenPort = listens ? 0 : null });
        await handler.OpenAsync(default);
        archive.ReportPort = () => handler.ListenPort!.Value;
        await handler.SendAsync("1.2.1");
        await handler.SendAsync("1.2.2", sopClass: PartTen.MrImageStorage);

        await handler.CompleteStudyAsync(Study, default);
        await handler.CloseAsync();

        Assert.Equal((2, 2, 0), (handler.Counts.Of(DimseDeliveryOutcome.Stored), handler.Counts.Of(DimseDeliveryOutcome.Committed), handler.Counts.Of(DimseDeliveryOutcome.NotCommitted)));
        Assert.Equal("Stored: 2, Committed: 2", handler.Counts.ToString());
        Assert.Equal([2], archive.ActionSizes);
        if (path != ReportPath.NextAssociation)
        {
            Assert.Equal([0], archive.ReportStatuses.Select(status => (int)status));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_report_over_TLS_is_taken()
    {
        using var certificate = TestCertificate.SelfSigned("localhost");
        await using var archive = new FakeArchive { Reports = ReportPath.OwnAssociation, ReportsOverTls = true };
        await using var handler = Handler(archive, new() { ListenPort = 0, ListenAddress = IPAddress.Loopback, ListenCertificate = certificate });
        await handler.OpenAsync(default);
        archive.ReportPort = () => handler.ListenPort!.Value;
        await handler.SendAsync();

        await handler.CompleteStudyAsync(Study, default);
        await handler.CloseAsync();

        Assert.Equal(1, handler.Counts.Of(DimseDeliveryOutcome.Committed));
    }

    [Fact(Timeout = 60_000)]
    public async Task Instances_that_are_not_committed_fail_the_study_with_their_reasons_in_words()
    {
        await using var archive = new FakeArchive { OnCommit = static (_, uid) => uid switch { "1.2.1" => 0, "1.2.2" => 0x0119, "1.2.3" => 0x0119, "1.2.4" => 0x0131, _ => null } };
        await using var handler = Handler(archive, new());
        await handler.OpenAsync(default);
        for (var i = 1; i <= 5; i++)
        {
            await handler.SendAsync($"1.2.{i}");
        }

        var failure = await Assert.ThrowsAsync<DimseException>(() => handler.CompleteStudyAsync(Study, default).AsTask());

        Assert.Contains("4 of 5 instances were not committed", failure.Message, StringComparison.Ordinal);
        Assert.Contains("2 × the SOP class is not that of the instance (0119H)", failure.Message, StringComparison.Ordinal);
        Assert.Contains("1 × duplicate transaction UID (0131H)", failure.Message, StringComparison.Ordinal);
        Assert.Equal(DimseDeliveryOutcome.NotCommitted, failure.Outcome);
        Assert.Equal((1, 4), (handler.Counts.Of(DimseDeliveryOutcome.Committed), handler.Counts.Of(DimseDeliveryOutcome.NotCommitted)));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_the_archive_does_not_know_yet_is_asked_for_again()
    {
        await using var archive = new FakeArchive { OnCommit = static (number, uid) => number == 1 && uid != "1.2.1" ? (ushort)0x0112 : number == 2 && uid == "1.2.3" ? (ushort)0x0110 : (ushort)0 };
        await using var handler = Handler(archive, new());
        await handler.OpenAsync(default);
        for (var i = 1; i <= 3; i++)
        {
            await handler.SendAsync($"1.2.{i}");
        }

        await handler.CompleteStudyAsync(Study, default);

        Assert.Equal([3, 2, 1], archive.ActionSizes);
        Assert.Equal(3, handler.Counts.Of(DimseDeliveryOutcome.Committed));
        Assert.Equal(0, handler.Counts.Of(DimseDeliveryOutcome.NotCommitted));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_request_has_no_more_instances_than_allowed()
    {
        await using var archive = new FakeArchive();
        await using var handler = Handler(archive, new() { MaxInstances = 4 });
        await handler.OpenAsync(default);
        for (var i = 1; i <= 10; i++)
        {
            await handler.SendAsync($"1.2.{i}", pixelBytes: 10);
        }

        await handler.CompleteStudyAsync(Study, default);

        Assert.Equal([4, 4, 2], archive.ActionSizes);
        Assert.Equal(10, handler.Counts.Of(DimseDeliveryOutcome.Committed));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_thousand_instances_are_reported_in_one_message()
    {
        await using var archive = new FakeArchive { OnCommit = static (_, _) => 0 };
        await using var handler = Handler(archive, new());
        await handler.OpenAsync(default);
        for (var i = 0; i < 1000; i++)
        {
            await handler.SendAsync($"1.2.826.0.1.3680043.8.498.10101010101010101010101010101.{100_000 + i}", pixelBytes: 0);
        }

        await handler.CompleteStudyAsync(Study, default);

        Assert.Equal([1000], archive.ActionSizes);
        Assert.Equal(1000, handler.Counts.Of(DimseDeliveryOutcome.Committed));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_report_that_does_not_come_in_time_fails_the_study_and_not_its_receipts(bool listens)
    {
        using var folder = new TempFolder();
        var time = new FakeTimeProvider();
        await using var archive = new FakeArchive { Reports = ReportPath.None };
        await using var handler = Handler(archive, new() { ListenPort = listens ? 0 : null, Timeout = TimeSpan.FromMinutes(5) }, options =>
        {
            // Only the time of the report passes: that of the machine is not this one.
            var never = TimeSpan.FromDays(1);
            (options.ReceiptDirectory, options.TimeProvider) = (folder.Path, time);
            (options.ConnectTimeout, options.AssociationTimeout, options.IdleTimeout, options.ResponseTimeout) = (never, never, never, never);
        });
        await handler.OpenAsync(default);
        await handler.SendAsync();

        var completing = handler.CompleteStudyAsync(Study, default).AsTask();
        var start = time.GetUtcNow();
        while (!completing.IsCompleted)
        {
            time.Advance(archive.Actions == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var failure = await Assert.ThrowsAsync<DimseException>(() => completing);
        Assert.Contains("no report within 300 s", failure.Message, StringComparison.Ordinal);
        Assert.Contains(listens ? "firewall" : "ListenPort", failure.Message, StringComparison.Ordinal);
        Assert.True(time.GetUtcNow() - start >= TimeSpan.FromMinutes(4));
        await handler.CloseAsync();

        // The next run asks again, and sends nothing.
        archive.Reports = ReportPath.SameAssociation;
        await using var next = Handler(archive, new(), options => options.ReceiptDirectory = folder.Path);
        await next.OpenAsync(default);
        Assert.Equal(["1.2.3.4.5.6"], (await next.FindSavedAsync(Instances.Of("1.2.3.4.5.6").Series, default)).SopInstanceUids);
        await next.CompleteStudyAsync(Study, default);
        Assert.Equal(1, next.Counts.Of(DimseDeliveryOutcome.Committed));
        Assert.Single(archive.Stored);
        await next.CloseAsync();

        // And the one after that asks nothing.
        await using var last = Handler(archive, new(), options => options.ReceiptDirectory = folder.Path);
        await last.OpenAsync(default);
        Assert.Equal(["1.2.3.4.5.6"], (await last.FindSavedAsync(Instances.Of("1.2.3.4.5.6").Series, default)).SopInstanceUids);
        await last.CompleteStudyAsync(Study, default);
        Assert.Equal(2, archive.Actions);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_the_archive_refused_to_commit_is_sent_again_by_the_next_run()
    {
        using var folder = new TempFolder();
        await using var archive = new FakeArchive { OnCommit = static (number, _) => number == 1 ? (ushort)0x0119 : (ushort)0 };
        await using var handler = Handler(archive, new(), options => (options.ReceiptDirectory, options.AskForExisting) = (folder.Path, false));
        await handler.OpenAsync(default);
        await handler.SendAsync();
        await Assert.ThrowsAsync<DimseException>(() => handler.CompleteStudyAsync(Study, default).AsTask());
        await handler.CloseAsync();

        await handler.OpenAsync(default);
        var found = await handler.FindSavedAsync(Instances.Of("1.2.3.4.5.6").Series, default);

        Assert.Empty(found.SopInstanceUids);
        Assert.Equal(["1.2.3.4.5.6"], found.Outdated);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_the_archive_had_is_committed_too()
    {
        await using var archive = new FakeArchive();
        await using var handler = Handler(archive, new());
        await using var other = new DimseSaveHandler(archive.Address);
        await other.SendAsync();
        await handler.OpenAsync(default);

        Assert.Equal(["1.2.3.4.5.6"], (await handler.FindSavedAsync(Instances.Of("1.2.3.4.5.6").Series, default)).SopInstanceUids);
        await handler.CompleteStudyAsync(Study, default);

        Assert.Equal("Committed: 1", handler.Counts.ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task One_whose_class_the_archive_does_not_give_is_sent_again()
    {
        await using var archive = new FakeArchive { OnFind = static (_, _, _) => [("", "1.2.3.4.5.6")] };
        await using var handler = Handler(archive, new());
        await handler.OpenAsync(default);

        Assert.Empty((await handler.FindSavedAsync(Instances.Of("1.2.3.4.5.6").Series, default)).SopInstanceUids);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_archive_without_storage_commitment_ends_the_job_before_anything_is_sent()
    {
        await using var archive = new FakeArchive { OnContext = static (sopClass, _) => sopClass == "1.2.840.10008.1.20.1" ? (byte)3 : (byte)0 };
        await using var handler = Handler(archive, new() { ListenPort = 0 });

        var failure = await Assert.ThrowsAsync<DestinationException>(() => handler.OpenAsync(default).AsTask());

        Assert.Contains("does not accept storage commitment", failure.Message, StringComparison.Ordinal);
        Assert.Null(handler.ListenPort);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_request_that_the_archive_refuses_fails_the_study_with_its_status()
    {
        await using var archive = new FakeArchive { ActionStatus = static _ => 0x0115 };
        await using var handler = Handler(archive, new());
        await handler.OpenAsync(default);
        await handler.SendAsync();

        var failure = await Assert.ThrowsAsync<DimseException>(() => handler.CompleteStudyAsync(Study, default).AsTask());

        Assert.Equal(0x0115, failure.Status);
        Assert.Contains("0115H", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_port_that_is_in_use_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var archive = new FakeArchive();
        await using var handler = Handler(archive, new() { ListenPort = port, ListenAddress = IPAddress.Loopback });

        var failure = await Assert.ThrowsAsync<DestinationException>(() => handler.OpenAsync(default).AsTask());

        Assert.Contains($"Port {port}", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, archive.Associations);
    }

    [Fact(Timeout = 60_000)]
    public async Task Reports_of_others_change_nothing_and_are_refused()
    {
        await using var archive = new FakeArchive { Reports = ReportPath.OwnAssociation };
        await using var handler = Handler(archive, new() { ListenPort = 0 });
        await handler.OpenAsync(default);
        archive.ReportPort = () => handler.ListenPort!.Value;
        await handler.SendAsync();
        archive.BeforeReport = async token =>
        {
            await archive.ReportAsync(FakeArchive.Report("2.25.1", [(PartTen.CtImageStorage, "1.2.3.4.5.6")], []), 1, token);
            await archive.ReportAsync([1, 2, 3], 1, token);
        };

        await handler.CompleteStudyAsync(Study, default);
        await handler.CloseAsync();

        Assert.Equal([0x0112, 0x0115, 0], archive.ReportStatuses.Select(status => (int)status));
        Assert.Equal(1, handler.Counts.Of(DimseDeliveryOutcome.Committed));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_echo_at_the_port_is_responded_to_and_what_is_no_DICOM_ends_only_its_connection()
    {
        await using var archive = new FakeArchive();
        await using var handler = Handler(archive, new() { ListenPort = 0 });
        await handler.OpenAsync(default);
        var port = handler.ListenPort!.Value;
        using (var client = new TcpClient("localhost", port))
        {
            await client.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
            var response = new byte[100];
            Assert.Equal(10, await client.GetStream().ReadAtLeastAsync(response, 10, throwOnEndOfStream: false));
            Assert.Equal(7, response[0]);
        }

        await using var echo = new DimseSaveHandler(DimseAddress.Parse($"dicom://ME@localhost:{port}?calling=ARCHIVE"));
        await echo.EchoAsync();
    }

    private static DimseSaveHandler Handler(FakeArchive archive, StorageCommitmentOptions commitment, Action<DimseSaveOptions>? change = null)
    {
        var options = new DimseSaveOptions { StorageCommitment = commitment, RetryDelay = TimeSpan.Zero };
        change?.Invoke(options);
        return new DimseSaveHandler(archive.Address, options);
    }
}
