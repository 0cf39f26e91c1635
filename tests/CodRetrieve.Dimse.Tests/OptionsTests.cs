using CodRetrieve.Dimse.Tests.Support;

namespace CodRetrieve.Dimse.Tests;

/// <summary>Addresses and options.</summary>
public sealed class OptionsTests
{
    [Theory]
    [InlineData("dicom://PACS@host", "PACS", "host", 104, "CODRETRIEVE", false)]
    [InlineData("dicom://PACS@Host.Example:11112?calling=ME", "PACS", "host.example", 11112, "ME", false)]
    [InlineData("dicom://PACS@host?tls=true", "PACS", "host", 2762, "CODRETRIEVE", true)]
    [InlineData("dicom://My%20Pacs@[::1]:104?tls=false&calling=A%20B", "My Pacs", "::1", 104, "A B", false)]
    [InlineData("dicom://lower-Case_1@10.0.0.1:4242", "lower-Case_1", "10.0.0.1", 4242, "CODRETRIEVE", false)]
    public void An_address_names_both_sides(string text, string called, string host, int port, string calling, bool tls)
    {
        var address = DimseAddress.Parse(text);

        Assert.Equal((called, host, port, calling, tls), (address.CalledAeTitle, address.Host, address.Port, address.CallingAeTitle, address.UseTls));
        Assert.Equal(address.ToString(), DimseAddress.Parse(address.ToString()).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("PACS@host:104")]
    [InlineData("http://PACS@host")]
    [InlineData("dicom://host:104")]
    [InlineData("dicom://PACS@")]
    [InlineData("dicom://PACS@host/path")]
    [InlineData("dicom://PACS@host#fragment")]
    [InlineData("dicom://PACS@host:99999")]
    [InlineData("dicom://SEVENTEEN_LETTERS@host")]
    [InlineData("dicom://A%5CB@host")]
    [InlineData("dicom://A%0AB@host")]
    [InlineData("dicom://%20%20@host")]
    [InlineData("dicom://PACS@host?tls=maybe")]
    [InlineData("dicom://PACS@host?calling=")]
    [InlineData("dicom://PACS@host?callling=ME")]
    public void An_address_that_is_none_is_refused_without_repeating_it(string text)
    {
        var failure = Assert.Throws<FormatException>(() => DimseAddress.Parse(text));

        Assert.Contains("dicom://CALLED_AET@host:port", failure.Message, StringComparison.Ordinal);
        Assert.True(text.Length == 0 || !failure.Message.Contains(text, StringComparison.Ordinal));
    }

    public static TheoryData<string, DimseSaveOptions> OutOfRange => new()
    {
        { nameof(DimseSaveOptions.MaxAssociations), new() { MaxAssociations = 0 } },
        { nameof(DimseSaveOptions.MaxAssociations), new() { MaxAssociations = 65 } },
        { nameof(DimseSaveOptions.MaxAttempts), new() { MaxAttempts = 0 } },
        { nameof(DimseSaveOptions.RetryDelay), new() { RetryDelay = TimeSpan.FromSeconds(-1) } },
        { nameof(DimseSaveOptions.RetryBufferBytes), new() { RetryBufferBytes = -1 } },
        { nameof(DimseSaveOptions.ConnectTimeout), new() { ConnectTimeout = TimeSpan.Zero } },
        { nameof(DimseSaveOptions.AssociationTimeout), new() { AssociationTimeout = Timeout.InfiniteTimeSpan } },
        { nameof(DimseSaveOptions.IdleTimeout), new() { IdleTimeout = TimeSpan.MaxValue } },
        { nameof(DimseSaveOptions.ResponseTimeout), new() { ResponseTimeout = TimeSpan.Zero } },
        { nameof(DimseSaveOptions.KeepAlive), new() { KeepAlive = TimeSpan.Zero } },
        { nameof(DimseSaveOptions.MaxOutage), new() { MaxOutage = TimeSpan.FromDays(2) } },
        { nameof(DimseSaveOptions.MaxInitialOutage), new() { MaxInitialOutage = TimeSpan.FromSeconds(-1) } },
        { nameof(StorageCommitmentOptions.ListenPort), new() { StorageCommitment = new() { ListenPort = 65_536 } } },
        { nameof(StorageCommitmentOptions.Timeout), new() { StorageCommitment = new() { Timeout = TimeSpan.Zero } } },
        { nameof(StorageCommitmentOptions.MaxInstances), new() { StorageCommitment = new() { MaxInstances = 0 } } },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void An_option_out_of_its_range_is_refused(string name, DimseSaveOptions options) =>
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => new DimseSaveHandler(DimseAddress.Parse("dicom://PACS@host"), options)).ParamName);

    [Fact]
    public void Certificates_need_tls() =>
        Assert.Throws<ArgumentException>(() => new DimseSaveHandler(DimseAddress.Parse("dicom://PACS@host"), new() { CertificateAuthorities = [] }));

    [Fact(Timeout = 60_000)]
    public async Task Nothing_counts_as_saved_before_it_is_sent()
    {
        await using var handler = new DimseSaveHandler(DimseAddress.Parse("dicom://PACS@host"), new() { AskForExisting = false });

        Assert.Empty((await handler.FindSavedAsync(Instances.Of("1.2.3").Series, default)).SopInstanceUids);
        Assert.True(await handler.TryBeginStudyAsync("1.2.3", default));
    }
}
