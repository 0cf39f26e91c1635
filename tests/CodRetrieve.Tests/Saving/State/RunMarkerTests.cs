using System.Text;
using CodRetrieve.IO;
using CodRetrieve.Saving;
using Microsoft.Extensions.Time.Testing;

namespace CodRetrieve.Tests.Saving.State;

/// <summary>Who owns a study, with locks that keep out everybody, one machine, or nobody.</summary>
public sealed class RunMarkerTests : IDisposable
{
    private const string Study = "1.2";
    private readonly SavingFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    public RunMarkerTests() => StatePaths.Create(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(LockScope.Nobody)]
    [InlineData(LockScope.Machine)]
    [InlineData(LockScope.Everybody)]
    internal void A_study_is_of_one_run_until_that_gives_it_up(LockScope scope)
    {
        using var one = Begin(scope);
        using var other = Begin(scope);
        using (var taken = one.TryLockStudy(Study))
        {
            Assert.NotNull(taken);
            Assert.Null(other.TryLockStudy(Study));
            for (var beat = 0; beat < 20; beat++)
            {
                _time.Advance(RunWatch.BeatInterval);
                Assert.Null(other.TryLockStudy(Study));
            }
        }

        using var next = other.TryLockStudy(Study);
        Assert.NotNull(next);
    }

    [Theory]
    [InlineData(LockScope.Nobody)]
    [InlineData(LockScope.Machine)]
    internal void The_study_of_a_run_elsewhere_that_shows_no_sign_of_life_is_taken_over_after_a_while(LockScope scope)
    {
        WriteRunElsewhere("0badc0de", scope);
        using var run = Begin(scope);
        Assert.Null(run.TryLockStudy(Study));
        Assert.Equal(Liveness.Alive, run.Of("0badc0de"));
        _time.Advance(RunWatch.Patience - TimeSpan.FromSeconds(1));
        Assert.Null(run.TryLockStudy(Study));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Liveness.Silent, run.Of("0badc0de"));
        using var taken = run.TryLockStudy(Study);
        Assert.NotNull(taken);
        Assert.Equal([Study], run.StudiesOfDeadRuns());
    }

    [Theory]
    [InlineData(LockScope.Nobody)]
    [InlineData(LockScope.Machine)]
    internal void A_run_elsewhere_whose_counter_advances_keeps_its_study(LockScope scope)
    {
        WriteRunElsewhere("0badc0de", scope);
        using var run = Begin(scope);
        for (ulong beat = 1; beat < 20; beat++)
        {
            Assert.Null(run.TryLockStudy(Study));
            Assert.Empty(run.StudiesOfDeadRuns());
            _time.Advance(RunWatch.Patience - TimeSpan.FromSeconds(1));
            using var marker = File.OpenHandle(_folder[".codretrieve", "runs", "0badc0de"], FileMode.Open, FileAccess.Write);
            RandomAccess.Write(marker, RunRecord.BeatLine(beat), RunRecord.BeatOffset);
        }
    }

    [Fact]
    public void A_run_whose_clock_stands_still_does_not_fall_silent_for_itself_and_its_study_is_not_given_up_by_the_next_owner()
    {
        var suspended = new FakeTimeProvider();
        using var one = RunMarker.Create(_folder.Path, Options(LockScope.Nobody, suspended));
        var first = one.TryLockStudy(Study)!;
        ForgetProcess(one);
        using var other = Begin(LockScope.Nobody);
        Assert.Null(other.TryLockStudy(Study));
        _time.Advance(RunWatch.Patience);

        using var second = other.TryLockStudy(Study);
        Assert.NotNull(second);
        first.Dispose();

        Assert.Null(one.TryLockStudy(Study));
        Assert.Equal(Liveness.Alive, one.Of(other.Owner));
    }

    [Theory]
    [InlineData(LockScope.Machine)]
    [InlineData(LockScope.Everybody)]
    internal void A_run_of_this_machine_that_was_killed_is_dead_at_once(LockScope scope)
    {
        WriteRun("0badc0de", scope, ProcessIdentity.TryGetCurrent()!.ToString());
        using var run = Begin(scope);
        Assert.Equal(Liveness.Dead, run.Of("0badc0de"));
        using var taken = run.TryLockStudy(Study);
        Assert.NotNull(taken);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    internal void Without_locks_a_process_of_this_machine_decides(int startTimeOff, bool isAlive)
    {
        var me = ProcessIdentity.TryGetCurrent()!;
        WriteRun("0badc0de", LockScope.Nobody, (startTimeOff == 0 ? me : me with { StartTime = "1" }).ToString());
        using var run = Begin(LockScope.Nobody);

        Assert.Equal(isAlive ? Liveness.Alive : Liveness.Dead, run.Of("0badc0de"));
        using var taken = run.TryLockStudy(Study);
        Assert.Equal(isAlive, taken is null);
    }

    [Fact]
    public void A_lease_without_a_name_is_taken_over_after_a_while()
    {
        _folder.Write(".codretrieve/locks/1.2", []);
        using var run = Begin(LockScope.Nobody);
        Assert.Null(run.TryLockStudy(Study));
        _time.Advance(RunWatch.Patience);
        using var taken = run.TryLockStudy(Study);
        Assert.NotNull(taken);
    }

    [Fact]
    public void A_link_in_the_place_of_a_lease_is_not_followed()
    {
        File.CreateSymbolicLink(_folder[".codretrieve", "locks", "1.2"], _folder["outside"]);
        using var run = Begin(LockScope.Nobody);
        Assert.Throws<IOException>(() => run.TryLockStudy(Study));
        Assert.False(File.Exists(_folder["outside"]));
    }

    [Theory]
    [InlineData(LockScope.Nobody)]
    [InlineData(LockScope.Machine)]
    [InlineData(LockScope.Everybody)]
    internal void Nothing_is_left_of_a_run_that_ended(LockScope scope)
    {
        using (var run = Begin(scope))
        {
            run.TryLockStudy(Study)!.Dispose();
            run.TryLockLog()!.Dispose();
        }

        Assert.Empty(_folder.Files());
    }

    [Fact]
    public void A_disk_of_this_machine_has_locks_that_keep_everybody_out()
    {
        WriteRunElsewhere("0badc0de", LockScope.Everybody);
        using var run = RunMarker.Create(_folder.Path, new SavingOptions { TimeProvider = _time }.Validated());

        Assert.Equal(Liveness.Dead, run.Of("0badc0de"));
        Assert.Equal(Liveness.Dead, run.Of("ffffffff"));
        Assert.Equal(Liveness.Dead, run.Of(PartialName.Nobody));
    }

    [Fact(Timeout = 60_000)]
    public async Task Never_two_have_a_lease_however_many_try()
    {
        var (holders, taken) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            using var run = Begin(LockScope.Nobody);
            for (var i = 0; i < 1_000; i++)
            {
                using var one = run.TryLockStudy(Study);
                if (one is not null)
                {
                    Assert.Equal(1, Interlocked.Increment(ref holders));
                    Interlocked.Increment(ref taken);
                    Interlocked.Decrement(ref holders);
                }
            }
        })));

        Assert.InRange(taken, 1, 8_000);
    }

    private static SavingOptions Options(LockScope scope, TimeProvider time) => new SavingOptions { LockScope = scope, TimeProvider = time }.Validated();

    private RunMarker Begin(LockScope scope) => RunMarker.Create(_folder.Path, Options(scope, _time));

    private void ForgetProcess(RunMarker run)
    {
        using var marker = Posix.TryOpenFile(_folder[".codretrieve", "runs", run.Owner])!;
        RandomAccess.Write(marker, "x"u8, RunRecord.BeatOffset + 17);
    }

    // Of another machine, or of another boot of this one.
    private void WriteRunElsewhere(string owner, LockScope scope) => WriteRun(owner, scope, "0123/pid:[1] 1 1");

    private void WriteRun(string owner, LockScope scope, string process)
    {
        var header = $"#{owner}{new string('0', FileLock.HeaderBytes - 10)}\n";
        _folder.Write($".codretrieve/runs/{owner}", Encoding.ASCII.GetBytes($"{header}{new string('0', 16)}\n{process}\n{Study}\n"));
        _folder.Write($".codretrieve/locks/{Study}", Encoding.ASCII.GetBytes(scope == LockScope.Nobody ? owner : header));
    }
}
