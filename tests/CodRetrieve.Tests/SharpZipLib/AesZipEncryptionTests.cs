using System.Diagnostics;
using CodRetrieve.Saving;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using CodRetrieve.Verification;
using ICSharpCode.SharpZipLib.Zip;

namespace CodRetrieve.Tests.SharpZipLib;

/// <summary>Studies in encrypted zips: what others read, and what earlier zips, other passwords and damage lead to.</summary>
public sealed class AesZipEncryptionTests : StoreTests
{
    private SyntheticStudy _study = null!;

    private string ZipPath => Path.Combine(Folder.Output, _study.StudyInstanceUid + ".zip");

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _study = Put();
    }

    [Fact(Timeout = 60_000)]
    public async Task Every_instance_comes_out_equal_and_no_byte_of_one_is_readable_without_the_password()
    {
        Assert.Equal(6, (await RunAsync()).InstancesSaved);

        var zip = await File.ReadAllBytesAsync(ZipPath);
        foreach (var instance in _study.Series.SelectMany(series => series.Instances))
        {
            var bytes = await instance.Content.ReadAllAsync(CancellationToken.None);
            var name = EncryptedZips.Names(ZipPath).Single(name => name.EndsWith($"/{instance.SopInstanceUid}.dcm", StringComparison.Ordinal));
            Assert.Equal(bytes, EncryptedZips.Read(ZipPath, EncryptedZips.Password, name));
            Assert.Equal(-1, zip.AsSpan().IndexOf(bytes.AsSpan(10_000, 64)));
        }

        Assert.Throws<ZipException>(() => EncryptedZips.Read(ZipPath, "another", EncryptedZips.Names(ZipPath)[0]));
        Assert.Empty(Directory.EnumerateFiles(Folder.Output, "*.partial", new EnumerationOptions { AttributesToSkip = 0 }));
    }

    [SevenZipFact(Timeout = 60_000)]
    public async Task Seven_zip_reads_it()
    {
        await RunAsync();

        Assert.Equal((0, ""), SevenZip("t", $"-p{EncryptedZips.Password}", ZipPath));
        Assert.NotEqual(0, SevenZip("t", "-panother", ZipPath).ExitCode);
        Assert.Equal((0, ""), SevenZip("x", $"-p{EncryptedZips.Password}", $"-o{Path.Combine(Folder.Output, _study.StudyInstanceUid)}", ZipPath));
        Assert.Equal(_study.Expected(), SavedFiles.In(Folder.Output, zip: false));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_second_run_fetches_nothing_and_decrypts_nothing_and_one_without_receipts_reads_it_once()
    {
        await RunAsync();
        Store.Server.ClearRequests();
        var again = await RunAsync();
        Assert.Equal((6, 0, 0), (again.InstancesSkipped, again.InstancesAdopted, again.InstancesSaved));

        Directory.Delete(Path.Combine(Folder.Output, ".codretrieve"), recursive: true);
        var adopted = await RunAsync();
        Assert.Equal((6, 6, 0), (adopted.InstancesSkipped, adopted.InstancesAdopted, adopted.InstancesSaved));
        Assert.Equal(0, Store.Server.MediaBytesSent(name => name.EndsWith(".tar", StringComparison.Ordinal)));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_edited_in_the_store_replaces_what_is_in_the_zip_and_the_rest_is_carried_over_and_needs_no_reading_later()
    {
        await RunAsync();
        _study = Put(new() { InstanceCount = 3, InstanceSizeBytes = 20_000, EditedInstances = [1] });

        var updated = await RunAsync();
        Assert.Equal((1, 5), (updated.InstancesUpdated, updated.InstancesSkipped));
        Assert.True((await VerifyAsync()).IsIntact);
        var again = await RunAsync();
        Assert.Equal((6, 0, 0), (again.InstancesSkipped, again.InstancesAdopted, again.InstancesSaved));
    }

    [Fact(Timeout = 60_000)]
    public async Task Another_password_is_refused_before_anything_is_fetched_and_the_zip_stays()
    {
        await RunAsync();
        var before = await File.ReadAllBytesAsync(ZipPath);
        _study = Put(new() { InstanceCount = 4, InstanceSizeBytes = 20_000 });
        Store.Server.ClearRequests();

        var refused = await RunAsync("another");

        Assert.Equal(JobOutcome.Incomplete, refused.Outcome);
        Assert.Contains("was encrypted with another password", refused.Failures[0].ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("another\"", refused.Failures[0].Exception.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(ZipPath));
        Assert.Equal(0, Store.Server.MediaBytesSent(name => name.EndsWith(".tar", StringComparison.Ordinal)));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_run_without_a_password_leaves_an_encrypted_zip_alone_and_says_why()
    {
        await RunAsync();
        var before = await File.ReadAllBytesAsync(ZipPath);

        var refused = await RunAsync(null);

        Assert.Contains("is encrypted. Give its password", refused.Failures[0].ToString(), StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(ZipPath));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_entries_of_an_earlier_zip_without_encryption_are_adopted_and_encrypted_when_it_is_written_again()
    {
        await RunAsync(null);
        _study = Put(new() { InstanceCount = 4, InstanceSizeBytes = 20_000 });

        var added = await RunAsync();

        Assert.Equal((1, 6), (added.InstancesSaved, added.InstancesSkipped));
        using var zip = new ZipFile(ZipPath);
        Assert.All(zip.Cast<ZipEntry>(), entry => Assert.Equal(256, entry.AESKeySize));
        Assert.True((await VerifyAsync()).IsIntact);
    }

    [Fact(Timeout = 60_000)]
    public async Task Damage_is_found_by_verification_and_repaired()
    {
        await RunAsync();
        var zip = await File.ReadAllBytesAsync(ZipPath);
        zip[^(zip.Length / 2)] ^= 1;
        await File.WriteAllBytesAsync(ZipPath, zip);
        await using var cod = Open(EncryptedZips.Password);

        var found = await cod.VerifyAsync([_study.StudyInstanceUid], OutputFormat.Zip);
        Assert.Single(found.Issues);
        var repaired = await cod.Repair(found).RunAsync();

        Assert.Equal(1, repaired.InstancesSaved);
        Assert.True((await VerifyAsync()).IsIntact);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_the_store_no_longer_lists_can_be_pruned()
    {
        await RunAsync();
        _study = Put(new() { InstanceCount = 3, InstanceSizeBytes = 20_000, RemovedInstances = [1] });
        await using var cod = Open(EncryptedZips.Password);

        var pruned = await cod.PruneAsync(await cod.VerifyAsync([_study.StudyInstanceUid], OutputFormat.Zip));

        Assert.Single(pruned.Deleted);
        Assert.Equal(5, EncryptedZips.Names(ZipPath).Count);
        Assert.True((await VerifyAsync()).IsIntact);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_study_that_is_not_complete_says_so_until_it_is()
    {
        _study = Put(new() { InstanceCount = 3, InstanceSizeBytes = 20_000, CorruptInstances = [1] });
        Assert.Equal(1, (await RunAsync()).InstancesFailed);
        Assert.Contains(_study.Series[0].Instances[1].SopInstanceUid, System.Text.Encoding.UTF8.GetString(EncryptedZips.Read(ZipPath, EncryptedZips.Password, "INCOMPLETE.txt")), StringComparison.Ordinal);

        _study = Put();
        Assert.Equal(1, (await RunAsync()).InstancesSaved);
        Assert.DoesNotContain("INCOMPLETE.txt", EncryptedZips.Names(ZipPath));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_instance_that_does_not_fit_into_memory_leaves_no_readable_byte_on_the_disk()
    {
        _study = Put(new() { InstanceCount = 2, InstanceSizeBytes = 20_000_000 });
        Assert.Equal(5, (await RunAsync()).InstancesSaved);
        Assert.True((await VerifyAsync()).IsIntact);
    }

    [Fact]
    public void Passwords_come_from_a_file_or_the_environment()
    {
        Assert.Throws<ArgumentException>(() => new AesZipEncryption(" "));
        Assert.Throws<ArgumentException>(() => AesZipEncryption.FromFile(Folder.Write("empty", "")));
        Assert.Throws<ArgumentException>(() => AesZipEncryption.FromEnvironment("COD_RETRIEVE_NO_SUCH_VARIABLE"));
        Assert.Throws<FileNotFoundException>(() => AesZipEncryption.FromFile(Path.Combine(Folder.Path, "none")));
        Assert.NotNull(AesZipEncryption.FromFile(Folder.Write("password", "secret", "a second line")));
    }

    private static (int ExitCode, string Error) SevenZip(params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo("7z", [.. args, "-y", "-bso0", "-bsp0"]) { UseShellExecute = false, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }

    private SyntheticStudy Put(SyntheticSeriesOptions? first = null)
    {
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(first ?? new() { InstanceCount = 3, InstanceSizeBytes = 20_000 });
        study.AddSeries(new() { InstanceCount = 3, InstanceSizeBytes = 300_000 });
        return Store.Put(study);
    }

    private CodDownload Open(string? password) => Store.Open(Folder.Output, options => options.ZipEncryption = password is null ? null : new AesZipEncryption(password));

    private async Task<JobResult> RunAsync(string? password = EncryptedZips.Password)
    {
        await using var cod = Open(password);
        return await cod.CreateWatchedJob([_study.StudyInstanceUid], OutputFormat.Zip).RunAsync();
    }

    private async Task<VerificationResult> VerifyAsync()
    {
        await using var cod = Open(EncryptedZips.Password);
        return await cod.VerifyAsync([_study.StudyInstanceUid], OutputFormat.Zip);
    }
}
