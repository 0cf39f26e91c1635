using System.Runtime.Versioning;
using CodRetrieve.IO;
using CodRetrieve.Tests.Saving;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.IO;

public sealed class AnonymousFileTests : IDisposable
{
    private readonly SavingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Is_possible_on_the_file_system_of_the_tests_where_they_run_on_linux() =>
        Assert.Equal(OperatingSystem.IsLinux(), AnonymousFile.IsPossibleIn(_folder.Path, _folder["probe"]));

    [Fact]
    public void Looking_whether_it_is_possible_leaves_nothing()
    {
        _ = AnonymousFile.IsPossibleIn(_folder.Path, _folder["probe"]);

        Assert.Empty(_folder.Files());
    }

    [Fact]
    public void Is_not_possible_in_a_folder_that_is_not_there() =>
        Assert.False(AnonymousFile.IsPossibleIn(_folder["none"], _folder["none", "probe"]));

    [LinuxFact]
    public void Gets_its_name_with_all_that_was_written()
    {
        using (var file = AnonymousFile.TryCreate(_folder.Path)!)
        {
            RandomAccess.Write(file, "content"u8, 0);
            Assert.Empty(_folder.Files());

            Assert.True(AnonymousFile.TryLink(file, _folder["name"]));
        }

        Assert.Equal("content", File.ReadAllText(_folder["name"]));
    }

    [LinuxFact]
    [UnsupportedOSPlatform("windows")]
    public void Has_the_permissions_of_any_new_file()
    {
        using (var file = AnonymousFile.TryCreate(_folder.Path)!)
        {
            Assert.True(AnonymousFile.TryLink(file, _folder["name"]));
        }

        _folder.Write("other", []);
        Assert.Equal(File.GetUnixFileMode(_folder["other"]), File.GetUnixFileMode(_folder["name"]));
    }

    [LinuxFact]
    public void Takes_no_name_that_something_has()
    {
        _folder.Write("name", "before"u8.ToArray());
        using var file = AnonymousFile.TryCreate(_folder.Path)!;

        Assert.False(AnonymousFile.TryLink(file, _folder["name"]));
        Assert.Equal("before", File.ReadAllText(_folder["name"]));
    }

    [LinuxFact]
    public void Leaves_nothing_when_it_never_gets_a_name()
    {
        using (var file = AnonymousFile.TryCreate(_folder.Path)!)
        {
            RandomAccess.Write(file, "content"u8, 0);
        }

        Assert.Empty(_folder.Files());
    }

    [LinuxFact]
    public void A_folder_that_is_gone_is_reported()
    {
        Directory.CreateDirectory(_folder["a"]);
        using var file = AnonymousFile.TryCreate(_folder["a"])!;
        Directory.Delete(_folder["a"]);

        Assert.Throws<DirectoryNotFoundException>(() => AnonymousFile.TryLink(file, _folder["a", "name"]));
    }
}
