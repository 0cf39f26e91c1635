using System.Text;
using CodRetrieve.Saving;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Saving;

/// <summary>What the zip of a study that is not complete says of itself.</summary>
public sealed class IncompleteNoteTests : IDisposable
{
    private readonly SavingFolder _folder = new();
    private readonly SeriesInfo _series = TestSeries.Of("1.2", "1.2.3", 3);

    private string ZipPath => _folder["1.2.zip"];

    private StudyInfo Incomplete => new("1.2", false) { Failures = [RetrievalFailure.Of(_series.Instances[2], new InvalidDataException("the checksum\r\nis wrong"))] };

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task It_names_what_is_missing_and_why_and_goes_when_the_study_is_whole()
    {
        await CompleteAsync(Incomplete, _series.Instances.Take(2));

        var text = Note();
        Assert.Contains("Study 1.2 is not complete", text, StringComparison.Ordinal);
        Assert.Contains("\n1.2.3/instances/1.2.3.3.dcm: gs://test/dicomweb/studies/1.2/series/1.2.3.tar://instances/1.2.3.3.dcm: the checksum is wrong\n", text, StringComparison.Ordinal);

        await CompleteAsync(new StudyInfo("1.2", true), _series.Instances.Skip(2));
        Assert.Equal(_series.Instances.Select(SavingTools.EntryName), SavingTools.Names(ZipPath));
    }

    [Fact(Timeout = 30_000)]
    public async Task It_goes_when_the_store_no_longer_lists_what_was_missing()
    {
        await CompleteAsync(Incomplete, _series.Instances.Take(2));

        await CompleteAsync(new StudyInfo("1.2", true), []);

        Assert.Equal(2, SavingTools.Names(ZipPath).Length);
    }

    [Fact(Timeout = 30_000)]
    public async Task It_comes_to_a_zip_that_lacks_an_instance_which_is_new_in_the_store()
    {
        await CompleteAsync(new StudyInfo("1.2", true), _series.Instances.Take(2));

        await CompleteAsync(Incomplete, []);

        Assert.Contains("1.2.3.3.dcm", Note(), StringComparison.Ordinal);
        Assert.Equal(TestSeries.Bytes(_series.Instances[0]), SavingTools.Read(ZipPath, SavingTools.EntryName(_series.Instances[0])));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_zip_is_not_written_again_for_a_note_that_it_has_or_a_store_that_cannot_be_read()
    {
        await CompleteAsync(new StudyInfo("1.2", true), _series.Instances.Take(2));
        var whole = await File.ReadAllBytesAsync(ZipPath);
        await CompleteAsync(new StudyInfo("1.2", false) { Failures = [RetrievalFailure.Of(_series, 0, null, new IOException("unavailable"))] }, []);
        Assert.Equal(whole, await File.ReadAllBytesAsync(ZipPath));

        await CompleteAsync(Incomplete, []);
        var before = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(ZipPath, before);
        await CompleteAsync(Incomplete, []);
        Assert.Equal(before, File.GetLastWriteTimeUtc(ZipPath));
    }

    [Fact(Timeout = 30_000)]
    public async Task Ten_thousand_lines_are_enough()
    {
        var failures = TestSeries.Of("1.2", "1.2.3", 10_003).Instances.Select(i => RetrievalFailure.Of(i, new IOException("broken"))).ToList();

        await CompleteAsync(new StudyInfo("1.2", false) { Failures = failures }, _series.Instances.Take(1));

        Assert.EndsWith("… and 3 more\n", Note(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_job_writes_it_and_the_next_one_that_gets_everything_removes_it()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(new() { InstanceCount = 5, InstanceSizeBytes = 20_000 });
        store.Put(study);
        var tar = new byte[study.Series[0].Tar.Length];
        await study.Series[0].Tar.ReadAsync(0, tar);
        var bad = tar.ToArray();
        bad[bad.Length / 2] ^= 1;
        store.Bucket.Put(study.Series[0].TarName(TestStore.Prefix), bad);
        var path = _folder[study.StudyInstanceUid + ".zip"];

        Assert.Equal(JobOutcome.Incomplete, (await RunAsync(store, study)).Outcome);
        var text = Encoding.UTF8.GetString(SavingTools.Read(path, "INCOMPLETE.txt"));
        Assert.Contains($"{study.Series[0].SeriesInstanceUid}/instances/", text, StringComparison.Ordinal);
        Assert.Equal(5, SavingTools.Names(path).Length);

        store.Bucket.Put(study.Series[0].TarName(TestStore.Prefix), tar);
        Assert.Equal(JobOutcome.Complete, (await RunAsync(store, study)).Outcome);
        Assert.DoesNotContain("INCOMPLETE.txt", SavingTools.Names(path));
    }

    private string Note() => Encoding.UTF8.GetString(SavingTools.Read(ZipPath, "INCOMPLETE.txt"));

    private async Task<JobResult> RunAsync(TestStore store, SyntheticStudy study)
    {
        await using var cod = store.Open(_folder.Path);
        return await cod.CreateWatchedJob([study.StudyInstanceUid], OutputFormat.Zip).RunAsync();
    }

    private async Task CompleteAsync(StudyInfo study, IEnumerable<InstanceInfo> instances)
    {
        await using var handler = await new ZipSaveHandler(_folder.Path, new SavingOptions()).OpenedAsync("1.2");
        await handler.SaveAllAsync(instances);
        await handler.CompleteStudyAsync(study, default);
    }
}
