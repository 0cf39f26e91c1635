using CodRetrieve.Saving;

namespace CodRetrieve.Tests.Saving;

public sealed class DestinationErrorsTests : IDisposable
{
    private readonly SavingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(28)]
    [InlineData(122)]
    [InlineData(unchecked((int)0x80070070))]
    [InlineData(unchecked((int)0x80070027))]
    public void A_full_disk_or_quota_stops_the_job(int hresult) =>
        Assert.Equal(DestinationFailure.Full, DestinationErrors.From(new IOException("full", hresult), _folder.Path)?.Reason);

    [Theory]
    [InlineData(30)]
    [InlineData(20)]
    [InlineData(17)]
    public void A_read_only_device_or_a_file_in_the_way_stops_the_job(int hresult) =>
        Assert.Equal(DestinationFailure.NotWritable, DestinationErrors.From(new IOException("no", hresult), _folder.Path)?.Reason);

    [Fact]
    public void Missing_permissions_stop_the_job_only_if_the_directory_itself_cannot_be_written()
    {
        Assert.Null(DestinationErrors.From(new UnauthorizedAccessException(), _folder.Path));
        Assert.Equal(DestinationFailure.NotWritable, DestinationErrors.From(new UnauthorizedAccessException(), _folder["gone"])?.Reason);
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public void A_missing_folder_stops_the_job_only_if_the_whole_directory_is_gone()
    {
        Assert.Null(DestinationErrors.From(new DirectoryNotFoundException(), _folder.Path));
        Assert.Equal(DestinationFailure.NotWritable, DestinationErrors.From(new DirectoryNotFoundException(), _folder["gone"])?.Reason);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(36)]
    public void Other_faults_concern_one_file(int hresult) => Assert.Null(DestinationErrors.From(new IOException("other", hresult), _folder.Path));

    [Fact]
    public void A_full_device_is_known_by_what_the_system_throws()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // The device on which every write fails for want of space.
        var thrown = Record.Exception(() =>
        {
            using var full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
            RandomAccess.Write(full, new byte[1], 0);
        });

        Assert.Equal(DestinationFailure.Full, DestinationErrors.From(thrown!, _folder.Path)?.Reason);
    }
}
