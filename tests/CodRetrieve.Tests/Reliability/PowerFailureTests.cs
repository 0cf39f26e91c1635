using CodRetrieve.IO;
using CodRetrieve.Saving;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Tests.Reliability;

/// <summary>A machine that goes off: files have their names, sizes and times, and not all of their bytes.</summary>
public sealed class PowerFailureTests : StoreTests
{
    private const int Before = 1;
    private const int After = 2;

    private SyntheticStudy _study = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _study = new SyntheticStudy(seed: 31);
        _study.AddSeries(new() { InstanceCount = 10, MetadataBytesPerInstance = 0 });
        Store.Put(_study);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_was_not_made_durable_is_read_back_and_what_lost_its_bytes_is_fetched_again()
    {
        await RunAsync(new SavingOptions { BootId = Before, Durability = Durability.None });
        LoseBytes(count: 3);

        var result = await RunAsync(new SavingOptions { BootId = After });

        Assert.Equal((3, 3, 7, 7), (result.InstancesSaved, result.InstancesUpdated, result.InstancesSkipped, result.InstancesAdopted));
        Assert.Equal(_study.Expected(), SavedFiles.InFolder(Folder.Path));

        // Now all of it is durable: nothing is read again after the next start.
        var again = await RunAsync(new SavingOptions { BootId = 3 });
        Assert.Equal((0, 10, 0), (again.InstancesSaved, again.InstancesSkipped, again.InstancesAdopted));
    }

    [LinuxFact(Timeout = 30_000)]
    public async Task A_job_that_ended_early_is_read_back_after_a_power_failure_and_not_after_a_kill()
    {
        await RunAsync(new SavingOptions { BootId = Before, Files = new RecordedFiles { IsFailing = true } }, JobOutcome.Incomplete);

        var afterKill = await RunAsync(new SavingOptions { BootId = Before, Durability = Durability.None });
        Assert.Equal((0, 10, 0), (afterKill.InstancesSaved, afterKill.InstancesSkipped, afterKill.InstancesAdopted));

        LoseBytes(count: 1);
        var afterPowerFailure = await RunAsync(new SavingOptions { BootId = After });
        Assert.Equal((1, 9, 9), (afterPowerFailure.InstancesSaved, afterPowerFailure.InstancesSkipped, afterPowerFailure.InstancesAdopted));
        Assert.Equal(_study.Expected(), SavedFiles.InFolder(Folder.Path));
    }

    [LinuxFact(Timeout = 30_000)]
    public async Task The_file_system_is_flushed_once_for_a_study_behind_its_last_file_and_before_the_record_that_says_so()
    {
        var files = new RecordedFiles();

        await RunAsync(new SavingOptions { BootId = Before, Files = files });

        var flushed = files.Operations.IndexOf("flush file system");
        Assert.True(flushed > files.Operations.FindLastIndex(one => one.StartsWith("link ", StringComparison.Ordinal)), string.Join('\n', files.Operations));
        Assert.Equal(1, files.Operations.Count(static one => one == "flush file system"));
        Assert.Equal(10, files.Operations.Count(static one => one.StartsWith("link ", StringComparison.Ordinal)));

        // The receipts of the instances are before it; behind it is the one record that makes them count.
        Assert.Equal(["write 64"], files.Operations[(flushed + 1)..].Where(static one => one.StartsWith("write ", StringComparison.Ordinal)));
    }

    [LinuxFact(Timeout = 30_000)]
    public async Task A_study_that_cannot_be_made_durable_fails()
    {
        var result = await RunAsync(new SavingOptions { Files = new RecordedFiles { IsFailing = true } }, JobOutcome.Incomplete);

        Assert.Contains("Input/output error", Assert.Single(result.Failures).Exception.Message, StringComparison.Ordinal);
    }

    private async Task<JobResult> RunAsync(SavingOptions options, JobOutcome outcome = JobOutcome.Complete)
    {
        await using var cod = new CodDownload(Store.Options());
        cod.InitBucket(TestStore.Url);
        var result = await cod.CreateWatchedJob([_study.StudyInstanceUid], new FolderSaveHandler(Folder.Path, options)).RunAsync();
        Assert.Equal(outcome, result.Outcome);
        return result;
    }

    // As a file system leaves it that writes sizes and names before data.
    private void LoseBytes(int count)
    {
        foreach (var file in Directory.EnumerateFiles(Folder.Path, "*.dcm", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(count))
        {
            var (size, time) = (new FileInfo(file).Length, File.GetLastWriteTimeUtc(file));
            File.WriteAllBytes(file, new byte[size]);
            File.SetLastWriteTimeUtc(file, time);
        }
    }

    private sealed class RecordedFiles : FileOperations
    {
        private readonly object _lock = new();

        public bool IsFailing { get; init; }

        public List<string> Operations { get; } = [];

        public override void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
        {
            Add($"write {bytes.Length}");
            base.Write(file, bytes, offset);
        }

        public override bool TryLink(SafeFileHandle file, string path)
        {
            Add($"link {Path.GetFileName(path)}");
            return base.TryLink(file, path);
        }

        public override void FlushFileSystem(SafeFileHandle directory, string path)
        {
            Add("flush file system");
            if (IsFailing)
            {
                throw new IOException("Input/output error", 5);
            }

            base.FlushFileSystem(directory, path);
        }

        private void Add(string operation)
        {
            lock (_lock)
            {
                Operations.Add(operation);
            }
        }
    }
}
