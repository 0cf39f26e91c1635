using System.Security.Cryptography;
using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Dimse.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

public sealed class SendTests
{
    [Fact(Timeout = 30_000)]
    public async Task Sends_what_is_selected_byte_for_byte_and_what_has_a_receipt_not_again()
    {
        await using var store = await CliStore.StartAsync();
        await using var receiver = await DicomWebReceiver.StartAsync();
        var study = store.PutStudy();
        string[] send = ["send", TestStore.Url, study.StudyInstanceUid, "--to", receiver.ServiceUrl.AbsoluteUri, "--receipts", store.Folder.Output];

        var part = await store.RunAsync([.. send, "--series", study.Series[1].SeriesInstanceUid]);
        Assert.Equal(Hashes(study, 1), Hashes(receiver));
        var all = await store.RunAsync(send);
        var sent = receiver.Requests.Count;
        var again = await store.RunAsync(send);

        Assert.Equal((0, ""), (part.ExitCode, part.Error));
        Assert.Contains("Delivered: Stored: 2", part.Out, StringComparison.Ordinal);
        Assert.Contains($"Sending 1 study of gs://", all.Out, StringComparison.Ordinal);
        Assert.Contains(receiver.ServiceUrl.AbsoluteUri, all.Out, StringComparison.Ordinal);
        Assert.Contains("3 instances saved", all.Out, StringComparison.Ordinal);
        Assert.Equal(Hashes(study, 0, 1), Hashes(receiver));
        Assert.Equal(0, again.ExitCode);
        Assert.Equal(sent, receiver.Requests.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task Names_each_instance_that_the_receiver_refuses_and_exits_with_1()
    {
        await using var store = await CliStore.StartAsync();
        await using var receiver = await DicomWebReceiver.StartAsync();
        receiver.Fail(ReceiverFault.RefuseAll(0x0122), int.MaxValue);
        var study = store.PutStudy();
        var report = Path.Combine(store.Folder.Path, "report.csv");

        var result = await store.RunAsync("send", TestStore.Url, study.StudyInstanceUid, "--to", receiver.ServiceUrl.AbsoluteUri, "--report", report);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Delivered: Refused: 5", result.Out, StringComparison.Ordinal);
        Assert.Equal(5, (await File.ReadAllLinesAsync(report)).Count(line => line.Contains("failed", StringComparison.Ordinal)));
        Assert.Empty(receiver.Instances);
    }

    [Fact(Timeout = 30_000)]
    public async Task Counts_every_outcome_in_JSON_and_names_the_transfer_syntaxes_that_the_receiver_would_have_to_accept()
    {
        await using var store = await CliStore.StartAsync();
        await using var receiver = await DicomWebReceiver.StartAsync();
        var study = store.PutStudy(1, new() { InstanceCount = 1 }, new() { InstanceCount = 1 }, new() { InstanceCount = 1 }, new() { InstanceCount = 1 });
        foreach (var fault in new[] { ReceiverFault.RefuseAll(0xC122), ReceiverFault.RefuseAll(272), ReceiverFault.Warn(0xB000) })
        {
            receiver.Fail(fault);
        }

        // One request at a time: each has one instance, and its fault.
        var result = await store.RunAsync("send", TestStore.Url, study.StudyInstanceUid, "--to", receiver.ServiceUrl.AbsoluteUri, "--json", "--connections", "1");

        Assert.Equal(1, result.ExitCode);
        var delivery = result.Json.GetProperty("delivery");
        Assert.Equal(receiver.ServiceUrl.AbsoluteUri, delivery.GetProperty("receiver").GetString());
        Assert.Equal(
            ["stored 1", "storedWithWarning 1", "alreadyThere 0", "refused 1", "transferSyntaxNotAccepted 1", "differentBytes 0", "unknown 0"],
            delivery.GetProperty("outcomes").EnumerateObject().Select(one => $"{one.Name} {one.Value.GetInt64()}"));
        var accept = Assert.Single(delivery.GetProperty("transferSyntaxesToAccept").EnumerateObject());
        Assert.StartsWith("1.2.840.10008.1.2", accept.Name, StringComparison.Ordinal);
        Assert.Equal(1, accept.Value.GetInt64());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_column_that_may_identify_somebody_in_a_store_with_hashed_UIDs_needs_to_be_allowed()
    {
        await using var store = await CliStore.StartAsync();
        await using var receiver = await DicomWebReceiver.StartAsync();
        var study = new SyntheticStudy(seed: 3, hashed: true);
        study.AddSeries(new() { InstanceCount = 2 });
        study.PutInto(store.Bucket, TestStore.Prefix);
        var report = Path.Combine(store.Folder.Path, "report.csv");
        string[] send = ["send", TestStore.Url, study.StudyInstanceUid, "--to", receiver.ServiceUrl.AbsoluteUri, "--report", report, "--columns", "PatientID"];

        var refused = await store.RunAsync(send);
        var allowed = await store.RunAsync([.. send, "--allow-identifiers"]);

        Assert.Equal((1, 0), (refused.ExitCode, allowed.ExitCode));
        Assert.Contains("--allow-identifiers", refused.Error, StringComparison.Ordinal);
        Assert.Equal(2, receiver.Instances.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_receiver_that_is_full_exits_with_5_and_no_advice_about_folders()
    {
        await using var store = await CliStore.StartAsync();
        await using var receiver = await DicomWebReceiver.StartAsync();
        receiver.Fail(ReceiverFault.Status(507), int.MaxValue);

        var result = await store.RunAsync("send", TestStore.Url, store.PutStudy().StudyInstanceUid, "--to", receiver.ServiceUrl.AbsoluteUri);

        Assert.Equal(5, result.ExitCode);
        Assert.Contains("has no space left (HTTP 507)", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("-o ", result.Error, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("none", 401, 5, "Set COD_RETRIEVE_TO_USER and COD_RETRIEVE_TO_PASSWORD")]
    [InlineData("user", 0, 0, "")]
    [InlineData("command", 0, 0, "")]
    [InlineData("broken command", 0, 5, "there is no access token. The command of --to-token-command ended with code 3")]
    [InlineData("file", 0, 0, "")]
    public async Task Logs_in_to_the_receiver(string login, int fault, int exitCode, string error)
    {
        await using var store = await CliStore.StartAsync();
        await using var receiver = await DicomWebReceiver.StartAsync();
        if (fault > 0)
        {
            receiver.Fail(ReceiverFault.Status(fault), int.MaxValue);
        }

        string[] options = login switch
        {
            "command" => ["--to-token-command", "echo secret-of-a-command"],
            "broken command" => ["--to-token-command", "exit 3"],
            "file" => ["--to-token-file", store.Folder.Write("token", "secret-of-a-file")],
            _ => [],
        };
        if (login == "user")
        {
            store.Environment["COD_RETRIEVE_TO_USER"] = "sender";
            store.Environment["COD_RETRIEVE_TO_PASSWORD"] = "secret-of-a-user";
        }

        var result = await store.RunAsync(["send", TestStore.Url, store.PutStudy().StudyInstanceUid, "--to", receiver.ServiceUrl.AbsoluteUri, .. options]);

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-of", result.Out + result.Error, StringComparison.Ordinal);
        var expected = login switch
        {
            "user" => "Basic " + Convert.ToBase64String("sender:secret-of-a-user"u8),
            "command" => "Bearer secret-of-a-command",
            "file" => "Bearer secret-of-a-file",
            _ => "",
        };
        Assert.All(receiver.Requests, request => Assert.Equal(expected, request.Authorization));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_receiver_that_is_down_exits_with_5()
    {
        await using var store = await CliStore.StartAsync();
        await using var receiver = await DicomWebReceiver.StartAsync();
        var url = receiver.ServiceUrl.AbsoluteUri;
        await receiver.DisposeAsync();

        var result = await store.RunAsync("send", TestStore.Url, store.PutStudy().StudyInstanceUid, "--to", url, "--retry-for", "0s");

        Assert.Equal(5, result.ExitCode);
        Assert.Contains("has been down or overloaded", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Logs_what_a_receiver_is_waited_for()
    {
        await using var store = await CliStore.StartAsync();
        await using var receiver = await DicomWebReceiver.StartAsync();
        receiver.Fail(ReceiverFault.Status(503));

        var result = await store.RunAsync("send", TestStore.Url, store.PutStudy().StudyInstanceUid, "--to", receiver.ServiceUrl.AbsoluteUri, "--log-level", "information");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains($"warn: CodRetrieve.StowSaveHandler[500] {receiver.ServiceUrl.AbsoluteUri.TrimEnd('/')} cannot take instances now (attempt 1)", result.Error, StringComparison.Ordinal);
        Assert.Contains("info: CodRetrieve.StowSaveHandler[501]", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Sends_to_an_archive_by_C_STORE()
    {
        await using var store = await CliStore.StartAsync();
        await using var archive = new FakeArchive();
        var study = store.PutStudy();

        var result = await store.RunAsync("send", TestStore.Url, study.StudyInstanceUid, "--to", $"{archive.Address}?calling=TESTS");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("5 instances saved", result.Out, StringComparison.Ordinal);
        Assert.Equal(5, archive.Stored.Select(one => one.SopInstance).Distinct(StringComparer.Ordinal).Count());
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task What_an_archive_has_by_receipt_or_query_is_not_sent_again(bool hasReceipts, bool canAsk)
    {
        await using var store = await CliStore.StartAsync();
        await using var archive = new FakeArchive { OnContext = (sopClass, _) => canAsk || !sopClass.StartsWith("1.2.840.10008.5.1.4.1.2.", StringComparison.Ordinal) ? (byte)0 : (byte)3 };
        string[] send = [
            "send", TestStore.Url, store.PutStudy().StudyInstanceUid, "--to", $"{archive.Address}?calling=TESTS", "--commitment",
            .. hasReceipts ? ["--receipts", store.Folder.Output] : (string[])[], .. canAsk ? ["--verify-delivery", "exists"] : (string[])[]];

        var first = await store.RunAsync(send);
        var second = await store.RunAsync(send);

        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Contains("Delivered: Stored: 5, Committed: 5", first.Out, StringComparison.Ordinal);
        Assert.Equal(!canAsk, first.Out.Contains("could not be asked what it has", StringComparison.Ordinal));
        Assert.Equal(0, second.ExitCode);
        Assert.Equal(hasReceipts || canAsk ? 5 : 10, archive.Stored.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_archive_that_does_not_commit_exits_with_1_and_says_why()
    {
        await using var store = await CliStore.StartAsync();
        await using var archive = new FakeArchive { OnCommit = static (_, _) => 0x0119 };

        var result = await store.RunAsync("send", TestStore.Url, store.PutStudy().StudyInstanceUid, "--to", $"{archive.Address}?calling=TESTS", "--commitment", "--commitment-timeout", "20s");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("5 of 5 instances were not committed", result.Error, StringComparison.Ordinal);
        Assert.Contains("0119H", result.Error, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("pacs.example", "--to is no address of a receiver")]
    [InlineData("ftp://pacs.example/", "http or https")]
    [InlineData("https://user:secret-of-a-url@pacs.example/", "without user, query and fragment")]
    [InlineData("dicom://pacs.example", "dicom://")]
    [InlineData("dicom://A@127.0.0.1:104?calling=B", "Use --verify-delivery exists or --commitment", "--verify-delivery", "bytes")]
    [InlineData("dicom://A@127.0.0.1:104?calling=B", "--to-token-file is for receivers with DICOMweb", "--to-token-file", "file")]
    [InlineData("dicom://A@127.0.0.1:104?calling=B", "--commitment-timeout is for --commitment", "--commitment-timeout", "1m")]
    [InlineData("https://pacs.example/", "are for archives by C-STORE", "--commitment")]
    [InlineData("https://pacs.example/", "are for archives by C-STORE", "--commitment-port", "11112")]
    [InlineData("https://pacs.example/", "There is no certificate file", "--to-client-certificate", "no-such-file.pem")]
    [InlineData("https://pacs.example/", "one of --to-token-command and --to-token-file", "--to-token-command", "echo", "--to-token-file", "file")]
    [InlineData("https://pacs.example/", "--verify-delivery must be none, exists or bytes", "--verify-delivery", "2")]
    public async Task A_receiver_that_cannot_be_exits_with_2_and_says_what_to_give(string to, string error, params string[] options)
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync(["send", TestStore.Url, store.PutStudy().StudyInstanceUid, "--to", to, .. options]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-of", result.Error, StringComparison.Ordinal);
        Assert.Empty(store.Server.Requests);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_certificate_is_read_from_PEM_or_PKCS12(bool isPem)
    {
        await using var store = await CliStore.StartAsync();
        await using var receiver = await DicomWebReceiver.StartAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=sender", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        var file = Path.Combine(store.Folder.Path, "certificate");
        await File.WriteAllBytesAsync(file, isPem
            ? System.Text.Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem())
            : certificate.Export(System.Security.Cryptography.X509Certificates.X509ContentType.Pkcs12, "secret-of-a-file"));
        string[] send = ["send", TestStore.Url, store.PutStudy().StudyInstanceUid, "--to", receiver.ServiceUrl.AbsoluteUri, "--to-client-certificate", file];

        var without = await store.RunAsync(send);
        store.Environment["COD_RETRIEVE_TO_CLIENT_CERTIFICATE_PASSWORD"] = "secret-of-a-file";
        var with = await store.RunAsync(send);

        Assert.Equal(isPem ? 0 : 2, without.ExitCode);
        Assert.Equal((0, ""), (with.ExitCode, with.Error));
    }

    private static IEnumerable<string> Hashes(SyntheticStudy study, params int[] series) =>
        series.SelectMany(i => study.Series[i].Instances).Select(one => one.Sha256).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Hashes(DicomWebReceiver receiver) =>
        receiver.Instances.Values.Select(static bytes => Convert.ToHexStringLower(SHA256.HashData(bytes))).Order(StringComparer.Ordinal);
}
