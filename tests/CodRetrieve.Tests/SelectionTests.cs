using CodRetrieve.Saving;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests;

public sealed class SelectionTests : StoreTests
{
    public static TheoryData<IndexFormat> Formats => new(IndexFormat.Version1, IndexFormat.Version2);

    // Three series: 20 slices of alternating thickness, 6 of another modality, 4 without any attribute.
    private SyntheticStudy Put(IndexFormat format = IndexFormat.Version1)
    {
        var study = StudyOf(7, new SyntheticSeriesOptions
        {
            IndexFormat = format,
            InstanceCount = 20,
            Attributes = i => [SyntheticAttribute.OfNumber("00180050", "DS", i % 2 == 0 ? 1.0m : 5.0m), SyntheticAttribute.OfText("00080008", "CS", "ORIGINAL", i < 2 ? "LOCALIZER" : "AXIAL")],
        }, new SyntheticSeriesOptions { IndexFormat = format, InstanceCount = 6, Modality = "MR" }, new SyntheticSeriesOptions { IndexFormat = format, InstanceCount = 4, NullMetadata = true });
        return Store.Put(study);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Formats))]
    public async Task Exactly_the_selected_instances_are_fetched_and_nothing_else_of_the_tars(IndexFormat format)
    {
        var study = Put(format);
        await using var cod = Store.Open(Folder.Output);

        var job = await cod.DownloadAsync([study.StudyInstanceUid], selection: new Selection().Where("Modality=CT and SliceThickness<2").Where("ImageType!=LOCALIZER"));
        var result = await job.RunAsync();

        // "!=" is true only if no value is LOCALIZER.
        var expected = study.Series[0].Instances.Where((_, i) => i % 2 == 0 && i >= 2).ToList();
        Assert.Equal(expected.Select(one => one.SopInstanceUid).Order(StringComparer.Ordinal), SavedFiles.InFolder(Folder.Output).Keys.Select(name => name.Split('/')[2]).Order(StringComparer.Ordinal));
        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal((9, 11 + 6 + 4, 2, 4), (result.InstancesSaved, result.InstancesNotSelected, result.SeriesNotSelected, result.InstancesUndecided));
        Assert.Equal((9, 21, 2, 4), (job.Stats!.InstancesTotal, job.Stats.InstancesNotSelected, job.Stats.SeriesNotSelected, job.Stats.InstancesUndecided));
        Assert.Equal(expected.Sum(one => one.SizeBytes), job.Stats.BytesTotal);
        var tarBytes = Store.Server.Requests.Where(request => request.ObjectName?.EndsWith(".tar", StringComparison.Ordinal) == true).ToList();
        Assert.All(tarBytes, request => Assert.Equal(study.Series[0].TarName(TestStore.Prefix), request.ObjectName));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(UnknownPolicy.Exclude, JobOutcome.Complete, 20, 10)]
    [InlineData(UnknownPolicy.Include, JobOutcome.Complete, 24, 6)]
    [InlineData(UnknownPolicy.Fail, JobOutcome.Incomplete, 20, 10)]
    public async Task What_cannot_be_decided_is_left_out_taken_or_reported(UnknownPolicy policy, JobOutcome outcome, int saved, int notSelected)
    {
        var study = Put();
        await using var cod = Store.Open(Folder.Output);

        var result = await cod.CreateJob([study.StudyInstanceUid], selection: new Selection { Unknown = policy }.Where("Modality=CT")).RunAsync();

        Assert.Equal((outcome, saved, notSelected, 4), (result.Outcome, result.InstancesSaved, result.InstancesNotSelected, result.InstancesUndecided));
        Assert.Equal(policy == UnknownPolicy.Fail ? 4 : 0, result.Failures.Count);
        Assert.All(result.Failures, failure => Assert.Contains("not known whether the instance is selected", failure.ToString(), StringComparison.Ordinal));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(SelectionScope.Instance, 10)]
    [InlineData(SelectionScope.Series, 20)]
    [InlineData(SelectionScope.Study, 30)]
    public async Task A_match_takes_its_series_or_study_with_it(SelectionScope whole, int saved)
    {
        var study = Put();
        var other = Store.Put(StudyOf(8, new SyntheticSeriesOptions { InstanceCount = 3 }));
        await using var cod = Store.Open(Folder.Output);
        var selection = new Selection { Whole = whole }.Where("SliceThickness>2");

        var prepared = await cod.DownloadAsync([study.StudyInstanceUid, other.StudyInstanceUid], selection: selection);
        Assert.Equal(saved, prepared.Stats!.InstancesTotal);
        var result = await cod.CreateJob([study.StudyInstanceUid, other.StudyInstanceUid], selection: selection).RunAsync();

        Assert.Equal((saved, 33 - saved), (result.InstancesSaved, result.InstancesNotSelected));
        Assert.DoesNotContain(SavedFiles.InFolder(Folder.Output).Keys, name => name.StartsWith(other.StudyInstanceUid, StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_study_with_more_series_than_are_read_ahead_is_decided_as_a_whole()
    {
        var series = Enumerable.Range(0, 80).Select(i => new SyntheticSeriesOptions { InstanceCount = 1, InstanceSizeBytes = 2_000, MetadataBytesPerInstance = 0, Modality = i == 79 ? "SR" : "CT" });
        var study = Store.Put(StudyOf(9, [.. series]));
        await using var cod = Store.Open(Folder.Output, options => options.MaxConnections = 2);

        var result = await cod.CreateJob([study.StudyInstanceUid], selection: new Selection { Whole = SelectionScope.Study }.Where("Modality=SR")).RunAsync();

        Assert.Equal((80, JobOutcome.Complete), (result.InstancesSaved, result.Outcome));
        Assert.True((await cod.VerifyAsync([study.StudyInstanceUid], selection: new Selection { Whole = SelectionScope.Study }.Where("Modality=SR"))).IsIntact);
    }

    [Fact(Timeout = 60_000)]
    public async Task Series_that_are_not_wanted_are_not_even_read()
    {
        var study = Put();
        await using var cod = Store.Open(Folder.Output);

        var result = await cod.CreateJob([study.StudyInstanceUid], selection: new Selection { Series = [study.Series[1].SeriesInstanceUid] }).RunAsync();

        Assert.Equal((6, 2), (result.InstancesSaved, result.SeriesNotSelected));
        Assert.DoesNotContain(Store.Server.Requests, request => request.ObjectName == study.Series[0].MetadataName(TestStore.Prefix));
    }

    [Fact(Timeout = 60_000)]
    public async Task Instances_are_chosen_by_their_UIDs()
    {
        var study = Put();
        await using var cod = Store.Open(Folder.Output);
        string[] wanted = [study.Series[0].Instances[3].SopInstanceUid, study.Series[2].Instances[1].SopInstanceUid];

        var result = await cod.CreateJob([study.StudyInstanceUid], selection: new Selection { Instances = wanted }).RunAsync();

        Assert.Equal((2, 28, 1, 0), (result.InstancesSaved, result.InstancesNotSelected, result.SeriesNotSelected, result.InstancesUndecided));
        Assert.Equal(wanted.Order(StringComparer.Ordinal), SavedFiles.InFolder(Folder.Output).Keys.Select(name => name.Split('/')[2]).Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Whole_studies_series_and_instances_of_others_go_together()
    {
        var (first, second, third) = (Put(), Store.Put(StudyOf(8, new SyntheticSeriesOptions { InstanceCount = 3 }, new SyntheticSeriesOptions { InstanceCount = 5 })), Store.Put(StudyOf(9, new SyntheticSeriesOptions { InstanceCount = 4 })));
        await using var cod = Store.Open(Folder.Output);
        var selection = new Selection
        {
            Studies = [first.StudyInstanceUid],
            Series = [second.Series[1].SeriesInstanceUid],
            Instances = [third.Series[0].Instances[2].SopInstanceUid],
        };

        var result = await cod.CreateJob([first.StudyInstanceUid, second.StudyInstanceUid, third.StudyInstanceUid], selection: selection).RunAsync();

        Assert.Equal((30 + 5 + 1, 3 + 3), (result.InstancesSaved, result.InstancesNotSelected));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("3", "1,4,7,10,13,16,19")]
    [InlineData("first", "1")]
    [InlineData("middle", "10")]
    [InlineData("100", "1")]
    public async Task A_sample_follows_the_instance_numbers(string sample, string numbers)
    {
        // In the index the numbers run backwards.
        var study = Store.Put(StudyOf(3, new SyntheticSeriesOptions { InstanceCount = 20, Attributes = i => [SyntheticAttribute.OfNumber("00200013", "IS", 20 - i)] }));
        await using var cod = Store.Open(Folder.Output);
        var handler = new NumberHandler();

        await cod.CreateJob([study.StudyInstanceUid], handler, new Selection { Sample = InstanceSample.Parse(sample), Attributes = ["InstanceNumber"] }).RunAsync();

        Assert.Equal(numbers.Split(',').Select(int.Parse), handler.Numbers.Select(number => number!.Value).Order());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_sample_follows_the_index_where_an_instance_has_no_number()
    {
        var study = Store.Put(StudyOf(3, new SyntheticSeriesOptions { InstanceCount = 5, Attributes = i => [i == 2 ? SyntheticAttribute.Missing("00200013") : SyntheticAttribute.OfNumber("00200013", "IS", 20 - i)] }));
        await using var cod = Store.Open(Folder.Output);

        await cod.CreateJob([study.StudyInstanceUid], selection: new Selection { Sample = InstanceSample.First }).RunAsync();

        Assert.EndsWith(study.Series[0].Instances[0].SopInstanceUid, Assert.Single(SavedFiles.InFolder(Folder.Output).Keys), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_hundredth_of_a_large_series_takes_about_a_hundredth_of_its_bytes()
    {
        var study = Store.Put(StudyOf(4, new SyntheticSeriesOptions { InstanceCount = 400, InstanceSizeBytes = 1024 * 1024, MetadataBytesPerInstance = 10_000, TarHashes = ObjectHashes.None }));
        await using var cod = Store.Open(Folder.Output);

        var result = await cod.CreateJob([study.StudyInstanceUid], selection: new Selection { Sample = InstanceSample.Every(100) }).RunAsync();

        Assert.Equal(4, result.InstancesSaved);
        var received = Store.Server.Requests.Sum(request => request.BytesSent);
        Assert.InRange(received, 4 * 1024 * 1024, study.Series[0].Tar.Length / 20);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_condition_in_code_sees_the_attributes_and_its_fault_is_the_instances()
    {
        var study = Put();
        await using var cod = Store.Open(Folder.Output);
        InstanceAttributes? kept = null;
        var selection = new Selection().Where(attributes =>
        {
            kept = attributes;
            return attributes.GetInt32("InstanceNumber") is 5 ? throw new InvalidOperationException("PLANTED") : attributes.GetDecimal("SliceThickness") < 2;
        });

        var result = await cod.CreateJob([study.StudyInstanceUid], selection: selection).RunAsync();

        Assert.Equal((JobOutcome.Incomplete, 9), (result.Outcome, result.InstancesSaved));
        Assert.Equal(2, result.Failures.Count);
        Assert.All(result.Failures, failure => Assert.Contains("threw a InvalidOperationException", failure.ToString(), StringComparison.Ordinal));
        Assert.All(result.Failures, failure => Assert.DoesNotContain("PLANTED", failure.ToString(), StringComparison.Ordinal));
        Assert.Throws<ObjectDisposedException>(() => kept!["Modality"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Verifying_a_selection_says_nothing_of_the_rest_and_pruning_leaves_it()
    {
        var study = Put();
        await using var cod = Store.Open(Folder.Output);
        await cod.CreateJob([study.StudyInstanceUid]).RunAsync();
        var selection = new Selection { Series = [study.Series[0].SeriesInstanceUid, study.Series[1].SeriesInstanceUid] }.Where("SliceThickness<2");
        Directory.Delete(Path.Combine(Folder.Output, study.StudyInstanceUid, study.Series[1].SeriesInstanceUid), recursive: true);

        var verified = await cod.VerifyAsync([study.StudyInstanceUid], selection: selection);
        var pruned = await cod.PruneAsync(verified);

        Assert.True(verified.IsIntact);
        Assert.Equal(10, verified.InstancesTotal);
        Assert.Empty(pruned.Deleted);
        Assert.Equal(24, SavedFiles.InFolder(Folder.Output).Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_selection_again_adds_what_is_missing_and_removes_nothing()
    {
        var study = Put();
        await using var cod = Store.Open(Folder.Output);

        var thin = await cod.CreateJob([study.StudyInstanceUid], OutputFormat.Zip, new Selection().Where("SliceThickness<2")).RunAsync();
        var all = await cod.CreateJob([study.StudyInstanceUid], OutputFormat.Zip).RunAsync();
        var again = await cod.CreateJob([study.StudyInstanceUid], OutputFormat.Zip, new Selection().Where("SliceThickness>2")).RunAsync();

        Assert.Equal((10, 20, 0), (thin.InstancesSaved, all.InstancesSaved, again.InstancesSaved));
        Assert.Equal((10, 10), (all.InstancesSkipped, again.InstancesSkipped));
        Assert.Equal(30, SavedFiles.In(Folder.Output, zip: true).Count);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(OutputFormat.Folder)]
    [InlineData(OutputFormat.Zip)]
    public async Task A_selection_that_matches_nothing_saves_nothing(OutputFormat format)
    {
        var study = Put();
        await using var cod = Store.Open(Folder.Output);

        var result = await cod.CreateJob([study.StudyInstanceUid], format, new Selection().Where("Modality=US")).RunAsync();

        Assert.Equal((JobOutcome.Complete, 0, 30, 3), (result.Outcome, result.InstancesSaved, result.InstancesNotSelected, result.SeriesNotSelected));
        Assert.Empty(result.Series);
        Assert.Empty(SavedFiles.In(Folder.Output, format == OutputFormat.Zip));
        Assert.Empty(Directory.GetFileSystemEntries(Folder.Output, study.StudyInstanceUid + "*"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Attributes_stay_with_an_instance_only_where_they_are_asked_for()
    {
        var study = Put();
        await using var cod = Store.Open(Folder.Output);
        var handler = new NumberHandler();

        await cod.CreateJob([study.StudyInstanceUid], handler, new Selection { Attributes = ["Modality", "RequestAttributesSequence[0].RequestedProcedureID"] }).RunAsync();
        Assert.All(handler.Attributes, attributes => Assert.True(attributes is null || (attributes["Modality"] is "CT" or "MR" && !attributes.Contains("PatientID"))));
        Assert.Equal(4, handler.Attributes.Count(attributes => attributes is null));

        handler.Attributes.Clear();
        await cod.CreateJob([study.StudyInstanceUid], handler).RunAsync();
        Assert.All(handler.Attributes, Assert.Null);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_series_that_changes_under_the_job_is_selected_again()
    {
        var study = Put();
        var edited = StudyOf(7, study.Series[0].Options with { EditedInstances = [4, 5], Attributes = i => [SyntheticAttribute.OfNumber("00180050", "DS", i == 5 ? 1m : 5m)] }, study.Series[1].Options, study.Series[2].Options);
        await using var cod = Store.Open(Folder.Output);
        var job = await cod.DownloadAsync([study.StudyInstanceUid], selection: new Selection().Where("SliceThickness<2"));
        Store.Put(edited);

        var result = await job.RunAsync();

        Assert.Equal((1, 19), (result.InstancesSaved, result.Series[0].InstancesNotSelected));
        var saved = Assert.Single(SavedFiles.InFolder(Folder.Output));
        Assert.Equal(edited.Series[0].Instances[5].Sha256, saved.Value);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("")]
    [InlineData("../x")]
    public async Task A_UID_that_is_none_is_refused(string uid)
    {
        await using var cod = Store.Open(Folder.Output);

        Assert.Throws<ArgumentException>(() => cod.CreateJob(["1.2"], selection: new Selection { Series = [uid] }));
        await Assert.ThrowsAsync<ArgumentException>(() => cod.GetStatsAsync(["1.2"], selection: new Selection { Instances = [uid] }));
        Assert.Throws<ArgumentException>(() => cod.CreateJob(["1.2"], selection: new Selection { Attributes = ["Modalty"] }));
    }

    private static SyntheticStudy StudyOf(int seed, params SyntheticSeriesOptions[] series)
    {
        var study = new SyntheticStudy(seed: seed);
        foreach (var options in series)
        {
            study.AddSeries(options);
        }

        return study;
    }

    private sealed class NumberHandler : ISaveHandler
    {
        private readonly object _lock = new();

        public List<int?> Numbers { get; } = [];

        public List<InstanceAttributes?> Attributes { get; } = [];

        public ValueTask<SavedInstances> FindSavedAsync(SeriesInfo series, CancellationToken cancellationToken) => ValueTask.FromResult(SavedInstances.None);

        public async ValueTask<string> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
        {
            await content.CopyToAsync(Stream.Null, cancellationToken);
            lock (_lock)
            {
                Attributes.Add(instance.GetAttributes());
                Numbers.Add(Attributes[^1]?.GetInt32("InstanceNumber"));
            }

            return "nowhere";
        }

        public ValueTask CompleteStudyAsync(StudyInfo study, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
