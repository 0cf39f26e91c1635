using CodRetrieve.Dimse.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CodRetrieve.Dimse.Tests;

/// <summary>What arrives at an archive, and over which associations.</summary>
public sealed class DeliveryTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(0u, 500_001)]
    [InlineData(8u, 10)]
    [InlineData(9u, 11)]
    [InlineData(101u, 5000)]
    [InlineData(16_384u, 16_384)]
    [InlineData(16_385u, 100_000)]
    [InlineData(131_072u, 300_000)]
    [InlineData(uint.MaxValue, 300_000)]
    public async Task A_data_set_arrives_bit_for_bit_whatever_the_maximum_pdu_length(uint maxPduLength, int pixels)
    {
        var pixelBytes = pixels & ~1;
        await using var archive = new FakeArchive { MaxPduLength = maxPduLength };
        await using var handler = new DimseSaveHandler(archive.Address);

        var location = await handler.SendAsync(pixelBytes: pixelBytes);

        Assert.Equal(archive.Address.ToString(), location);
        var (sopInstance, dataSet) = Assert.Single(archive.Stored);
        Assert.Equal("1.2.3.4.5.6", sopInstance);
        Assert.Equal(PartTen.DataSet(PartTen.CtImageStorage, "1.2.3.4.5.6", pixelBytes), dataSet);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_UID_of_the_data_set_is_announced_where_that_of_the_meta_information_is_another()
    {
        await using var archive = new FakeArchive();
        await using var handler = new DimseSaveHandler(archive.Address);
        var dataSet = PartTen.DataSet(PartTen.CtImageStorage, "1.2.3.4.5.7", 1000);

        await handler.SaveAsync(Instances.Of("1.2.3.4.5.6"), new TestContent([.. PartTen.Head(sopInstance: "1.2.3.4.5.6"), .. dataSet]), default);

        var stored = Assert.Single(archive.Stored);
        Assert.Equal("1.2.3.4.5.7", stored.SopInstance);
        Assert.Equal(dataSet, stored.DataSet);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_SOP_class_of_the_data_set_is_announced_where_that_of_the_meta_information_is_another()
    {
        await using var archive = new FakeArchive();
        await using var handler = new DimseSaveHandler(archive.Address);
        var dataSet = PartTen.DataSet(PartTen.MrImageStorage, "1.2.3.4.5.6", 1000);

        await handler.SaveAsync(Instances.Of("1.2.3.4.5.6"), new TestContent([.. PartTen.Head(sopClass: PartTen.CtImageStorage), .. dataSet]), default);

        Assert.Equal([$"{PartTen.MrImageStorage} {PartTen.ExplicitLittleEndian}"], Assert.Single(archive.Proposals));
        Assert.Equal(dataSet, Assert.Single(archive.Stored).DataSet);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_authority_that_is_given_is_trusted_besides_those_of_the_system_and_only_for_its_own_certificates()
    {
        using var authority = TestCertificate.Authority("authority");
        using var intermediate = TestCertificate.Authority("intermediate", authority);
        using var server = TestCertificate.IssuedBy(intermediate, "localhost");
        using var stranger = TestCertificate.SelfSigned("localhost");
        await using var archive = new FakeArchive { Certificate = server, Intermediate = intermediate };
        await using var other = new FakeArchive { Certificate = stranger };
        var options = new DimseSaveOptions { CertificateAuthorities = [authority], MaxInitialOutage = TimeSpan.Zero };
        await using var handler = new DimseSaveHandler(archive.Address, options);
        await using var rejecting = new DimseSaveHandler(other.Address, options);

        await handler.SendAsync();

        Assert.Single(archive.Stored);
        var failure = await Assert.ThrowsAsync<DestinationException>(() => rejecting.SendAsync());
        Assert.Contains("its issuer is not trusted", failure.Message, StringComparison.Ordinal);
        await using var unnamed = new DimseSaveHandler(DimseAddress.Parse(archive.Address.ToString().Replace("localhost", "127.0.0.1", StringComparison.Ordinal) + "?calling=TESTS&tls=true"), options);
        Assert.Contains("it is for another name", (await Assert.ThrowsAsync<DestinationException>(() => unnamed.SendAsync())).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Data_sets_that_end_at_and_around_a_fragment_arrive_whole()
    {
        await using var archive = new FakeArchive { MaxPduLength = 206 };
        await using var handler = new DimseSaveHandler(archive.Address);
        int[] sizes = [.. Enumerable.Range(0, 110).Select(i => 2 * i)];

        foreach (var size in sizes)
        {
            await handler.SendAsync(pixelBytes: size);
        }

        Assert.Equal(sizes.Select(size => PartTen.DataSet(PartTen.CtImageStorage, "1.2.3.4.5.6", size)), archive.Stored.Select(stored => stored.DataSet));
        Assert.Contains(archive.Stored, stored => stored.DataSet.Length % 200 == 0);
        Assert.Equal(1, archive.Associations);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_new_association_proposes_every_context_seen_so_far()
    {
        await using var archive = new FakeArchive();
        await using var handler = new DimseSaveHandler(archive.Address, new() { MaxAssociations = 1 });

        await handler.SendAsync();
        await handler.SendAsync(sopClass: PartTen.MrImageStorage);
        await handler.SendAsync();
        await handler.SendAsync(transferSyntax: PartTen.JpegLs);
        await handler.SendAsync(sopClass: PartTen.MrImageStorage);

        Assert.Equal([1, 2, 3], archive.Proposals.Select(proposal => proposal.Length));
        Assert.Equal(5, archive.Stored.Count);
        Assert.Equal(1, archive.MaxConcurrent);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_archive_that_serves_one_association_at_a_time_is_not_kept_waiting_by_an_idle_one()
    {
        using var turn = new SemaphoreSlim(1);
        await using var archive = new FakeArchive { Turn = turn };
        await using var handler = new DimseSaveHandler(archive.Address, new() { TimeProvider = new FakeTimeProvider() });

        await handler.EchoAsync();
        await handler.SendAsync();
        await handler.SendAsync(sopClass: PartTen.MrImageStorage);

        Assert.Equal(2, archive.Stored.Count);
        Assert.Equal(1, archive.MaxConcurrent);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_association_proposes_at_most_128_contexts()
    {
        await using var archive = new FakeArchive();
        await using var handler = new DimseSaveHandler(archive.Address, new() { MaxAssociations = 1 });

        for (var i = 1; i <= 140; i++)
        {
            await handler.SendAsync(sopClass: $"1.2.{i}", pixelBytes: 10);
        }

        Assert.Equal(140, archive.Stored.Count);
        Assert.Equal(128, archive.Proposals.Max(proposal => proposal.Length));
        Assert.All(archive.Proposals, (proposal, i) => Assert.Contains($"1.2.{i + 1} {PartTen.ExplicitLittleEndian}", proposal));
    }

    [Fact(Timeout = 60_000)]
    public async Task No_more_associations_are_open_than_allowed()
    {
        await using var archive = new FakeArchive();
        await using var handler = new DimseSaveHandler(archive.Address, new() { MaxAssociations = 3 });
        string[] uids = [.. Enumerable.Range(1, 30).Select(i => $"1.2.3.{i}")];

        await Task.WhenAll(uids.Select(uid => handler.SendAsync(uid, pixelBytes: 50_000)));

        Assert.Equal(uids.Order(StringComparer.Ordinal), archive.Stored.Select(stored => stored.SopInstance).Order(StringComparer.Ordinal));
        Assert.InRange(archive.MaxConcurrent, 2, 3);
        Assert.InRange(archive.Associations, 2, 3);
    }

    [Fact(Timeout = 60_000)]
    public async Task Delivery_continues_with_as_many_associations_as_the_archive_accepts()
    {
        await using var archive = new FakeArchive { OnAssociate = static number => number > 1 ? FakeArchive.Reject(1, 1, 1) : null };
        await using var handler = new DimseSaveHandler(archive.Address, new() { MaxAssociations = 4 });
        await handler.SendAsync("1.2.1");

        await Task.WhenAll(Enumerable.Range(2, 20).Select(i => handler.SendAsync($"1.2.{i}", pixelBytes: 50_000)));

        Assert.Equal(21, archive.Stored.Count);
        Assert.Equal(1, archive.MaxConcurrent);
        Assert.InRange(archive.Associations, 2, 4);
    }

    [Fact(Timeout = 60_000)]
    public async Task Associations_are_released_when_the_job_ends()
    {
        await using var archive = new FakeArchive();
        await using var handler = new DimseSaveHandler(archive.Address);
        await handler.OpenAsync(default);
        await handler.SendAsync();

        await handler.CloseAsync();
        await archive.EndedAsync();

        Assert.Equal(["release"], archive.Ends);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_association_that_is_not_in_use_is_released()
    {
        var time = new FakeTimeProvider();
        await using var archive = new FakeArchive();
        await using var handler = new DimseSaveHandler(archive.Address, new() { TimeProvider = time, KeepAlive = TimeSpan.FromSeconds(10) });
        await handler.SendAsync();

        time.Advance(TimeSpan.FromSeconds(9));
        await handler.SendAsync();
        Assert.Equal(1, archive.Associations);
        time.Advance(TimeSpan.FromSeconds(10));
        await archive.EndedAsync();

        Assert.Equal(["release"], archive.Ends);
        await handler.SendAsync();
        Assert.Equal(2, archive.Associations);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_association_that_the_archive_ended_meanwhile_is_replaced()
    {
        await using var archive = new FakeArchive { OnResponse = static (number, right) => number == 1 ? [.. right, .. FakeArchive.Pdu(7, 0, 0, 2, 0)] : right };
        await using var handler = new DimseSaveHandler(archive.Address, new() { MaxAttempts = 1 });

        await handler.SendAsync("1.2.1");
        await handler.SendAsync("1.2.2");

        Assert.Equal(2, archive.Stored.Count);
        Assert.Equal(2, archive.Associations);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(0xB000, "coercion")]
    [InlineData(0xB006, "discarded")]
    [InlineData(0xB007, "does not match")]
    public async Task A_warning_counts_as_stored_and_is_named(int status, string words)
    {
        await using var archive = new FakeArchive { OnStore = _ => (ushort)status };
        await using var handler = new DimseSaveHandler(archive.Address);

        var location = await handler.SendAsync();

        Assert.Contains($"warning {status:X4}", location, StringComparison.Ordinal);
        Assert.Contains(words, location, StringComparison.Ordinal);
        Assert.Single(archive.Stored);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_archive_responds_to_an_echo()
    {
        await using var archive = new FakeArchive();
        await using var handler = new DimseSaveHandler(archive.Address);

        await handler.EchoAsync();

        Assert.Equal(["1.2.840.10008.1.1 1.2.840.10008.1.2"], Assert.Single(archive.Proposals));
        Assert.Empty(archive.Stored);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Instances_are_delivered_over_tls_with_a_client_certificate(bool isRequired)
    {
        using var server = TestCertificate.SelfSigned("localhost");
        using var client = TestCertificate.SelfSigned("client");
        await using var archive = new FakeArchive { Certificate = server, RequiresClientCertificate = isRequired };
        await using var handler = new DimseSaveHandler(archive.Address, new() { CertificateAuthorities = [server], ClientCertificate = isRequired ? client : null });

        await handler.SendAsync(pixelBytes: 200_000);

        Assert.Equal(PartTen.DataSet(PartTen.CtImageStorage, "1.2.3.4.5.6", 200_000), Assert.Single(archive.Stored).DataSet);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_certificate_of_an_unknown_authority_ends_the_job()
    {
        using var server = TestCertificate.SelfSigned("localhost");
        await using var archive = new FakeArchive { Certificate = server };
        await using var handler = new DimseSaveHandler(archive.Address);

        var failure = await Assert.ThrowsAsync<DestinationException>(() => handler.SendAsync());

        Assert.Contains("TLS failed", failure.Message, StringComparison.Ordinal);
        Assert.Contains("CertificateAuthorities", failure.Message, StringComparison.Ordinal);
    }
}
