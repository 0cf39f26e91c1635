using System.IO.Compression;
using CodRetrieve.DependencyInjection.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CodRetrieve.DependencyInjection.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void Settings_become_options()
    {
        using var host = TestHost.Build(
            ("MaxConnections", "16"),
            ("MinConnections", "2"),
            ("MaxBytesPerSecond", "20000000"),
            ("Endpoint", "https://store.test/gcs"),
            ("UserProject", "billed"),
            ("IdleTimeout", "00:01:00"),
            ("LockTimeout", "00:00:10"),
            ("ConnectTimeout", "00:00:05"),
            ("MaxRetryAttempts", "9"),
            ("RetryDelay", "00:00:00.250"),
            ("maxretrydelay", "00:02:00"),
            ("ZipCompression", "fastest"),
            ("TrustSavedLog", "true"),
            ("EditWaitTimeout", "00:05:00"),
            ("ExistingFilePolicy", "keep"),
            ("Durability", "Instance"),
            ("FileTimes", "tar"),
            ("Layout", "flat"),
            ("Relayout", "true"),
            ("MaxStorageClass", "nearline"),
            ("CheckFreeSpace", "false"),
            ("MinBytesPerSecond", "2048"),
            ("MaxOutage", "01:00:00"),
            ("CertificateAuthorityFile", ""),
            ("Credential", "application-default"));

        var options = Options(host);

        Assert.Equal(16, options.MaxConnections);
        Assert.Equal(2, options.MinConnections);
        Assert.Equal(20_000_000, options.MaxBytesPerSecond);
        Assert.Equal(new Uri("https://store.test/gcs"), options.Endpoint);
        Assert.Equal("billed", options.UserProject);
        Assert.Equal(TimeSpan.FromMinutes(1), options.IdleTimeout);
        Assert.Equal(TimeSpan.FromSeconds(10), options.LockTimeout);
        Assert.Equal(TimeSpan.FromSeconds(5), options.ConnectTimeout);
        Assert.Equal(9, options.MaxRetryAttempts);
        Assert.Equal(TimeSpan.FromMilliseconds(250), options.RetryDelay);
        Assert.Equal(TimeSpan.FromMinutes(2), options.MaxRetryDelay);
        Assert.Equal(CompressionLevel.Fastest, options.ZipCompression);
        Assert.True(options.TrustSavedLog);
        Assert.Equal(TimeSpan.FromMinutes(5), options.EditWaitTimeout);
        Assert.Equal(ExistingFilePolicy.Keep, options.ExistingFilePolicy);
        Assert.Equal(Durability.Instance, options.Durability);
        Assert.Equal(FileTimes.Tar, options.FileTimes);
        Assert.Equal("{SOPInstanceUID}.dcm", options.Layout.Template);
        Assert.True(options.Relayout);
        Assert.Equal(StorageClass.Nearline, options.MaxStorageClass);
        Assert.False(options.CheckFreeSpace);
        Assert.Equal(2_048, options.MinBytesPerSecond);
        Assert.Equal(TimeSpan.FromHours(1), options.MaxOutage);
        Assert.Null(options.CertificateAuthorityFile);
        Assert.Equal("application default", options.Credential.ToString());
    }

    [Fact]
    public void Every_option_can_be_set_by_settings_or_only_by_code()
    {
        string[] byCode =
        [
            nameof(CodDownloadOptions.HttpClientFactory), nameof(CodDownloadOptions.LoggerFactory), nameof(CodDownloadOptions.TimeProvider),
            nameof(CodDownloadOptions.Transform), nameof(CodDownloadOptions.ZipEncryption),
        ];

        Assert.Equal(
            typeof(CodDownloadOptions).GetProperties().Select(property => property.Name).Append("ServiceAccountFile").Order(StringComparer.Ordinal),
            OptionsSection.Keys.Concat(byCode).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_service_account_is_named_by_its_key_file()
    {
        using var folder = new TempFolder();
        var keyFile = Path.Combine(folder.Path, "key.json");
        File.WriteAllText(keyFile, "{}");
        using var host = TestHost.Build(("Credential", "service-account"), ("ServiceAccountFile", keyFile));

        Assert.Equal("service account", Options(host).Credential.ToString());
    }

    [Fact]
    public void Code_has_the_last_word()
    {
        using var host = TestHost.Build(services =>
            services.AddCodRetrieve(TestHost.Section(("MaxConnections", "16"), ("MaxRetryAttempts", "2")), options => options.MaxConnections = 3));

        Assert.Equal(3, Options(host).MaxConnections);
        Assert.Equal(2, Options(host).MaxRetryAttempts);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("MaxConnections", "secret", "CodRetrieve:MaxConnections")]
    [InlineData("MaxConections", "secret", "CodRetrieve:MaxConections")]
    [InlineData("MaxConnections:Value", "secret", "CodRetrieve:MaxConnections")]
    [InlineData("MaxConnections", "0", "MaxConnections")]
    [InlineData("IdleTimeout", "30", "CodRetrieve:IdleTimeout")]
    [InlineData("Endpoint", "secret", "CodRetrieve:Endpoint")]
    [InlineData("Endpoint", "ftp://store.test", "Endpoint")]
    [InlineData("ZipCompression", "secret", "CodRetrieve:ZipCompression")]
    [InlineData("TrustSavedLog", "secret", "CodRetrieve:TrustSavedLog")]
    [InlineData("MaxStorageClass", "secret", "CodRetrieve:MaxStorageClass")]
    [InlineData("MaxStorageClass", "2", "CodRetrieve:MaxStorageClass")]
    [InlineData("Credential", "secret", "CodRetrieve:Credential")]
    [InlineData("Credential", "service-account", "CodRetrieve:ServiceAccountFile")]
    [InlineData("ServiceAccountFile", "secret", "CodRetrieve:ServiceAccountFile")]
    public async Task A_wrong_setting_stops_the_host_at_its_start_named_by_its_key(string key, string value, string named)
    {
        using var host = TestHost.Build((key, value));

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_key_file_that_is_not_there_stops_the_host_at_its_start()
    {
        using var host = TestHost.Build(("Credential", "service-account"), ("ServiceAccountFile", "/no/such/key.json"));

        await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_value_of_code_out_of_its_range_stops_the_host_at_its_start()
    {
        using var host = TestHost.Build(services => services.AddCodRetrieve(options => options.RetryDelay = TimeSpan.FromDays(2)));

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("RetryDelay", failure.Message, StringComparison.Ordinal);
    }

    private static CodDownloadOptions Options(IHost host) => host.Services.GetRequiredService<IOptions<CodDownloadOptions>>().Value;
}
