using System.Net;
using CodRetrieve.DicomWeb.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.DicomWeb.Tests;

/// <summary>Receivers over TLS, and what is said where there is no connection.</summary>
public sealed class ConnectionTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_receiver_whose_certificate_a_private_authority_signed_is_trusted_with_its_file_and_gets_nothing_without()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue("localhost");
        await using var site = await Delivering.StartAsync(new() { ServerCertificate = certificate });
        var study = site.Put();

        var failed = await Assert.ThrowsAsync<JobFailedException>(() => site.SendAsync(study));
        var (result, _) = await site.SendAsync(study, options => options.CertificateAuthorityFile = authority.Write(site.Folder.Path));

        // At once: waiting for the receiver would not change it.
        var cause = Assert.IsType<DestinationException>(failed.Result.FatalException);
        Assert.Equal(DestinationFailure.Unreachable, cause.Reason);
        Assert.Contains("the certificate of localhost is rejected: its issuer is not trusted (CN=Test authority", cause.Message, StringComparison.Ordinal);
        Assert.Contains("CertificateAuthorityFile", cause.Message, StringComparison.Ordinal);
        Assert.Equal((JobOutcome.Complete, 8), (result.Outcome, result.InstancesSaved));
        site.AssertDelivered(study);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("other.example", 0, "it is for another name (CN=other.example)")]
    [InlineData("localhost", -10, "and the clock of this machine says")]
    public async Task A_certificate_that_is_rejected_ends_the_job_at_once_and_says_why(string name, int days, string why)
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue(name, days);
        await using var site = await Delivering.StartAsync(new() { ServerCertificate = certificate });

        var failed = await Assert.ThrowsAsync<JobFailedException>(() => site.SendAsync(site.Put(), options =>
        {
            options.CertificateAuthorityFile = authority.Write(site.Folder.Path);
            options.MaxOutage = TimeSpan.FromDays(1);
        }));

        Assert.Contains(why, Assert.IsType<DestinationException>(failed.Result.FatalException).Message, StringComparison.Ordinal);
        Assert.Empty(site.Receiver.Requests);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_receiver_that_demands_a_client_certificate_gets_the_one_that_was_given(bool isGiven)
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue("localhost");
        using var client = authority.Issue("sender");
        await using var site = await Delivering.StartAsync(new() { ServerCertificate = certificate, AcceptedClientThumbprints = [client.Thumbprint] });
        var study = site.Put();

        var sending = site.SendAsync(study, options =>
        {
            options.CertificateAuthorityFile = authority.Write(site.Folder.Path);
            options.ClientCertificate = isGiven ? client : null;
            options.MaxOutage = TimeSpan.FromMilliseconds(100);
        });

        if (isGiven)
        {
            Assert.Equal(8, (await sending).Result.InstancesSaved);
            site.AssertDelivered(study);
            return;
        }

        var failed = await Assert.ThrowsAsync<JobFailedException>(() => sending);
        Assert.Equal(DestinationFailure.Unreachable, Assert.IsType<DestinationException>(failed.Result.FatalException).Reason);
        Assert.Empty(site.Receiver.Requests);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_large_instance_is_sent_over_TLS_as_it_arrives()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue("localhost");
        await using var site = await Delivering.StartAsync(new() { ServerCertificate = certificate });
        var study = site.Put(instances: 1, bytes: 3_000_000);

        var (result, _) = await site.SendAsync(study, options => (options.CertificateAuthorityFile, options.MaxBufferedBytes) = (authority.Write(site.Folder.Path), 1 << 20));

        Assert.Equal(1, result.InstancesSaved);
        site.AssertDelivered(study);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_proxy_that_wants_a_login_ends_the_job_at_once()
    {
        await using var site = await Delivering.StartAsync();
        site.Receiver.Fail(ReceiverFault.Status((int)HttpStatusCode.ProxyAuthenticationRequired), int.MaxValue);

        var failed = await Assert.ThrowsAsync<JobFailedException>(() => site.SendAsync(site.Put(), options => options.MaxOutage = TimeSpan.FromDays(1)));

        Assert.Contains("wants a login", Assert.IsType<DestinationException>(failed.Result.FatalException).Message, StringComparison.Ordinal);
    }
}
