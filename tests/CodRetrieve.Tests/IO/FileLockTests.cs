using CodRetrieve.IO;
using CodRetrieve.Tests.Saving;

namespace CodRetrieve.Tests.IO;

public sealed class FileLockTests : IDisposable
{
    private readonly SavingFolder _folder = new();

    private string LockPath => _folder["lock"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Only_one_has_it()
    {
        using var first = FileLock.TryTake(LockPath, "0badc0de");

        Assert.NotNull(first);
        Assert.True(first.IsExclusive);
        Assert.Null(FileLock.TryTake(LockPath, "0badc0de"));
        Assert.True(FileLock.IsHeld(LockPath));
    }

    [Fact]
    public void Leaves_nothing_when_it_is_released()
    {
        FileLock.TryTake(LockPath, "0badc0de")!.Dispose();

        Assert.Empty(_folder.Files());
        Assert.False(FileLock.IsHeld(LockPath));
        using var next = FileLock.TryTake(LockPath, "0badc0de");
        Assert.NotNull(next);
    }

    [Fact]
    public void The_file_of_a_dead_process_is_free()
    {
        _folder.Write("lock", [1]);

        Assert.False(FileLock.IsHeld(LockPath));
        using var taken = FileLock.TryTake(LockPath, "0badc0de");
        Assert.NotNull(taken);
    }

    [Fact]
    public void A_link_is_not_followed()
    {
        File.CreateSymbolicLink(LockPath, _folder["outside"]);

        Assert.Throws<IOException>(() => FileLock.TryTake(LockPath, "0badc0de"));

        Assert.False(File.Exists(_folder["outside"]));
    }

    [Fact(Timeout = 60_000)]
    public async Task Never_two_have_it_however_many_try()
    {
        var holders = 0;
        var taken = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 3_000; i++)
            {
                using var one = FileLock.TryTake(LockPath, "0badc0de");
                if (one is not null)
                {
                    Assert.Equal(1, Interlocked.Increment(ref holders));
                    Interlocked.Increment(ref taken);
                    Interlocked.Decrement(ref holders);
                }
            }
        })));

        Assert.InRange(taken, 1, 24_000);
    }
}
