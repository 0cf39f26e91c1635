using CodRetrieve.IO;
using CodRetrieve.Tests.Saving;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.IO;

public sealed class WholeFileTests : IDisposable
{
    private readonly SavingFolder _folder = new();
    private readonly HurriedTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Has_its_name_only_when_it_is_committed()
    {
        using var file = Create(FileOperations.System);
        RandomAccess.Write(file.Handle, [1, 2, 3], 0);
        Assert.True(PartialName.TryParse(Assert.Single(_folder.Files()), out var name, out var owner));
        Assert.Equal(("a", "0badc0de"), (name, owner));

        await file.CommitAsync(flush: true, overwrite: true, default);

        Assert.Equal(["a.bin"], _folder.Files());
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(_folder["a.bin"]));
    }

    [Fact]
    public void One_that_is_not_committed_leaves_nothing()
    {
        Create(FileOperations.System).Dispose();

        Assert.Empty(_folder.Files());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_rename_is_tried_again_while_a_scanner_holds_the_file()
    {
        var files = new FailingFiles { MoveFailures = 5 };
        using var file = Create(files);

        await file.CommitAsync(flush: false, overwrite: true, default);

        Assert.Equal((6, "a.bin"), (files.Moves, Assert.Single(_folder.Files())));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_rename_is_given_up_after_two_seconds()
    {
        var started = _time.GetTimestamp();
        using (var file = Create(new FailingFiles { MoveFailures = int.MaxValue }))
        {
            await Assert.ThrowsAsync<IOException>(async () => await file.CommitAsync(flush: false, overwrite: true, default));
        }

        Assert.InRange(_time.GetElapsedTime(started), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2.1));
        Assert.Empty(_folder.Files());
    }

    [Fact(Timeout = 30_000)]
    public async Task What_only_closing_reports_leaves_no_file()
    {
        using (var file = Create(new FailingFiles { CloseFailure = _ => new IOException("Disk quota exceeded", 122) }))
        {
            await Assert.ThrowsAsync<IOException>(async () => await file.CommitAsync(flush: false, overwrite: true, default));
        }

        Assert.Empty(_folder.Files());
    }

    [Fact(Timeout = 30_000)]
    public async Task Replaces_nothing_unless_asked_to()
    {
        _folder.Write("a.bin", [9]);
        using (var file = Create(FileOperations.System))
        {
            await Assert.ThrowsAsync<IOException>(async () => await file.CommitAsync(flush: false, overwrite: false, default));
        }

        Assert.Equal(["a.bin"], _folder.Files());
        Assert.Equal([9], await File.ReadAllBytesAsync(_folder["a.bin"]));
    }

    [Fact]
    public void Closing_reports_what_the_system_reports()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var file = File.OpenHandle(_folder["a"], FileMode.CreateNew, FileAccess.Write);
        var descriptor = new Microsoft.Win32.SafeHandles.SafeFileHandle(file.DangerousGetHandle(), ownsHandle: false);
        FileOperations.System.Close(file, _folder["a"]);

        // Closed already, which close(2) reports as "bad file descriptor".
        Assert.Equal(9, Assert.Throws<IOException>(() => FileOperations.System.Close(descriptor, _folder["a"])).HResult);
    }

    [Theory]
    [InlineData(".1.2.3.0badc0de.01234567.partial", "1.2.3", "0badc0de")]
    [InlineData(".1.2.zip.0badc0de.01234567.partial", "1.2.zip", "0badc0de")]
    [InlineData(".0badc0de.01234567.partial", null, null)]
    [InlineData("..0badc0de.01234567.partial", null, null)]
    [InlineData("1.2.3.0badc0de.01234567.partial", null, null)]
    [InlineData(".1.2.3.0badc0d.01234567.partial", null, null)]
    [InlineData(".1.2.3.0BADC0DE.01234567.partial", null, null)]
    [InlineData(".1.2.3.0badc0de.01234567.dcm", null, null)]
    [InlineData(".1.2.3.dcm.partial", null, null)]
    [InlineData(".partial", null, null)]
    public void The_owner_of_an_unfinished_file_is_known_by_its_name(string file, string? name, string? owner)
    {
        Assert.Equal(name is not null, PartialName.TryParse(file, out var foundName, out var foundOwner));
        Assert.Equal((name ?? "", owner ?? ""), (foundName, foundOwner));
    }

    private WholeFile Create(FileOperations files) => WholeFile.Create(_folder["a.bin"], "a", "0badc0de", 0, files, _time);
}
