using System.Diagnostics;
using System.IO.Compression;
using CodRetrieve.Saving;
using CodRetrieve.Testing;
using FellowOakDicom;
using FellowOakDicom.Media;

namespace CodRetrieve.FoDicom.Tests;

public sealed class DicomDirectoryWriterTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly DicomDirectoryWriter _writer = new();

    private string DirectoryPath => Path.Combine(_folder.Path, "DICOMDIR");

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task Every_file_is_below_its_patient_study_and_series_and_every_record_leads_to_its_file()
    {
        var expected = new List<(string Patient, string Study, string Series, string Sop)>();
        foreach (var (patient, study) in new[] { ("A", "1.1"), ("A", "1.2"), ("B", "1.3") })
        {
            foreach (var (series, sop) in Enumerable.Range(1, 2).SelectMany(series => Enumerable.Range(1, 3).Select(sop => ($"{study}.{series}", $"{study}.{series}.{sop}"))))
            {
                expected.Add((patient, study, series, sop));
                Write($"DICOM/{expected.Count:000}", Files.Image(patient, study, series, sop));
            }
        }

        File.WriteAllText(Path.Combine(_folder.Path, "README.TXT"), "a viewer");
        File.WriteAllText(Path.Combine(_folder.Path, "log.json"), "{}");
        var result = (await _writer.WriteAsync(_folder.Path))!;

        Assert.Equal((DirectoryPath, 18, 0, 0), (result.Path, result.Instances, result.Duplicates, result.InventedValues));
        Assert.Equal(expected.Order(), Records().Order());
        var read = DicomDirectory.Open(DirectoryPath);
        Assert.Equal("CODRETRIEVE", read.FileSetID);
        Assert.Equal([2, 1], read.RootDirectoryRecordCollection.Select(patient => patient.LowerLevelDirectoryRecordCollection.Count()));
        Assert.Equal(["DICOMDIR", "README.TXT", "log.json"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_job_writes_it_when_it_ends_with_all_that_is_in_the_folder()
    {
        await using var store = await TestStore.StartAsync();
        var studies = Enumerable.Range(1, 2).Select(seed =>
        {
            var study = new SyntheticStudy(seed: seed);
            study.AddSeries(new() { InstanceCount = 5 });
            study.AddSeries(new() { InstanceCount = 2, Modality = "MR" });
            return store.Put(study);
        }).ToList();
        await using var cod = new CodDownload(store.Options());
        cod.InitBucket(TestStore.Url);

        foreach (var (study, count) in studies.Zip([7, 14]))
        {
            var medium = new MediaSaveHandler(_folder.Path);
            Assert.Equal(JobOutcome.Complete, (await cod.CreateJob([study.StudyInstanceUid], medium).RunAsync()).Outcome);
            Assert.Equal(count, medium.Result!.Instances);
        }

        Assert.Equal(
            studies.SelectMany(study => study.Series.SelectMany(series => series.Instances.Select(instance => (study.StudyInstanceUid, series.SeriesInstanceUid, instance.SopInstanceUid)))).Order(),
            Records().Select(record => (record.Study, record.Series, record.Sop)).Order());

        // A later job goes on with what is there.
        var again = await cod.CreateJob([studies[0].StudyInstanceUid], new MediaSaveHandler(_folder.Path)).RunAsync();
        Assert.Equal((7, 0), (again.InstancesSkipped, again.InstancesSaved));
    }

    [Fact(Timeout = 120_000)]
    public async Task De_identified_files_of_several_patients_without_identifiers_stay_apart()
    {
        await using var store = await TestStore.StartAsync();
        var studies = Enumerable.Range(1, 3).Select(seed =>
        {
            var study = new SyntheticStudy(seed: seed);
            study.AddSeries(new() { InstanceCount = 2 });
            return store.Put(study);
        }).ToList();
        await using var cod = new CodDownload(store.Options());
        cod.InitBucket(TestStore.Url);
        var medium = new MediaSaveHandler(_folder.Path, new SavingOptions
        {
            Layout = FolderLayout.Media,
            Transform = new DeidentificationTransform(new DeidentificationOptions(Files.Key)),
        });

        Assert.Equal(JobOutcome.Complete, (await cod.CreateJob(studies.Select(study => study.StudyInstanceUid), medium).RunAsync()).Outcome);

        Assert.Equal(6, medium.Result!.Instances);
        var records = Records();
        Assert.Equal(3, records.Select(record => record.Study).Distinct().Count());
        Assert.All(studies, study => Assert.DoesNotContain(study.StudyInstanceUid, records.Select(record => record.Study)));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("IMAGE.dcm")]
    [InlineData("image01")]
    [InlineData("NAME-OF")]
    [InlineData("NINECHARS")]
    [InlineData("Ä")]
    [InlineData("A/B/C/D/E/F/G/H/I")]
    public async Task A_name_that_no_File_ID_can_have_is_an_error_that_names_it_and_the_earlier_DICOMDIR_stays(string name)
    {
        Write("A/B/C/D/E/F/G/H", Files.Image());
        Assert.Equal(1, (await _writer.WriteAsync(_folder.Path))!.Instances);
        var before = await File.ReadAllBytesAsync(DirectoryPath);
        if (name.StartsWith("A/", StringComparison.Ordinal))
        {
            File.Delete(Path.Combine(_folder.Path, "A/B/C/D/E/F/G/H"));
        }

        Write(name, Files.Image(sop: "1.9"));

        var error = await Assert.ThrowsAsync<CodRetrieveException>(() => _writer.WriteAsync(_folder.Path));

        Assert.Contains(Path.Combine(_folder.Path, name), error.Message, StringComparison.Ordinal);
        Assert.Contains("'media'", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(DirectoryPath));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*.partial", new EnumerationOptions { AttributesToSkip = 0 }));
    }

    [Fact(Timeout = 30_000)]
    public async Task Values_that_it_must_have_are_made_up_and_patients_without_an_identifier_stay_apart()
    {
        foreach (var (study, number) in new[] { "1.1", "1.2" }.Zip([1, 2]))
        {
            var dataset = Files.Image(patient: "", study, $"{study}.1", $"{study}.1.1");
            dataset.Remove(DicomTag.PatientID, DicomTag.PatientName, DicomTag.StudyID, DicomTag.StudyTime, DicomTag.SeriesNumber, DicomTag.InstanceNumber, DicomTag.AccessionNumber);
            dataset.AddOrUpdate(DicomTag.StudyDate, "").AddOrUpdate(DicomTag.ContentDate, "20240203");
            Write($"F{number}", dataset);
        }

        var result = await _writer.WriteAsync(_folder.Path);

        Assert.Equal((2, 12), (result!.Instances, result.InventedValues));
        var patients = DicomDirectory.Open(DirectoryPath).RootDirectoryRecordCollection.ToList();
        Assert.Equal(["1.1", "1.2"], patients.Select(patient => patient.GetSingleValue<string>(DicomTag.PatientID)));
        foreach (var (patient, number) in patients.Zip(["1", "2"]))
        {
            Assert.True(patient.Contains(DicomTag.PatientName));
            var study = patient.LowerLevelDirectoryRecord;
            Assert.Equal(("20240203", "000000", number), (study.GetSingleValue<string>(DicomTag.StudyDate), study.GetSingleValue<string>(DicomTag.StudyTime), study.GetSingleValue<string>(DicomTag.StudyID)));
            Assert.True(study.Contains(DicomTag.AccessionNumber));
            Assert.Equal("1", study.LowerLevelDirectoryRecord.GetSingleValue<string>(DicomTag.SeriesNumber));
            Assert.Equal("1", study.LowerLevelDirectoryRecord.LowerLevelDirectoryRecord.GetSingleValue<string>(DicomTag.InstanceNumber));
        }

        var strict = new DicomDirectoryWriter(new DicomDirectoryOptions { InventMissingValues = false });
        Assert.Contains("PatientID (0010,0020)", (await Assert.ThrowsAsync<CodRetrieveException>(() => strict.WriteAsync(_folder.Path))).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task One_study_whose_instances_spell_the_patient_differently_is_in_one_place()
    {
        Write("F1", Files.Image(sop: "1.1"));
        Write("F2", Files.Image(sop: "1.2").AddOrUpdate(DicomTag.PatientName, "secret^id-7^^"));
        Write("F3", Files.Image(sop: "1.3").AddOrUpdate(DicomTag.PatientName, "Wrong^Name"));
        Write("F4", Files.Image(sop: "1.3"));

        var result = (await _writer.WriteAsync(_folder.Path))!;
        Assert.Equal((3, 1), (result.Instances, result.Duplicates));
        Assert.Equal(3, Assert.Single(DicomDirectory.Open(DirectoryPath).RootDirectoryRecordCollection).LowerLevelDirectoryRecord.LowerLevelDirectoryRecord.LowerLevelDirectoryRecordCollection.Count());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_report_is_no_image()
    {
        Write("F1", Files.Image().AddOrUpdate(DicomTag.SOPClassUID, DicomUID.BasicTextSRStorage));

        await _writer.WriteAsync(_folder.Path);

        var instance = DicomDirectory.Open(DirectoryPath).RootDirectoryRecord.LowerLevelDirectoryRecord.LowerLevelDirectoryRecord.LowerLevelDirectoryRecord;
        Assert.Equal("SR DOCUMENT", instance.DirectoryRecordType);
    }

    [Fact(Timeout = 300_000)]
    [Trait("Duration", "long")]
    public async Task Tens_of_thousands_of_images_of_one_series_are_written_in_time_that_grows_with_their_number()
    {
        const int Count = 20_000;
        var bytes = Files.Image(sop: "1.2.3.4.10000").Remove(DicomTag.PixelData).Bytes();
        var places = Places(bytes, "1.2.3.4.10000"u8);
        for (var i = 0; i < Count; i++)
        {
            foreach (var place in places)
            {
                System.Text.Encoding.ASCII.GetBytes($"1.2.3.4.{i + 10_000}").CopyTo(bytes, place);
            }

            var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, $"D{i / 1000}"));
            await File.WriteAllBytesAsync(Path.Combine(folder.FullName, $"F{i}"), bytes);
        }

        var started = Stopwatch.GetTimestamp();
        Assert.Equal(Count, (await _writer.WriteAsync(_folder.Path))!.Instances);

        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 120);
        Assert.Equal(Count, Records().Select(record => record.Sop).Distinct().Count());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_zip_has_the_files_and_their_DICOMDIR_and_nothing_else()
    {
        Write("DICOM/F1", Files.Image(sop: "1.1"));
        Write("DICOM/F2", Files.Image(sop: "1.2"));
        Write(".codretrieve/F3", Files.Image(sop: "1.3"));
        File.WriteAllText(Path.Combine(_folder.Path, "log.json"), "{}");
        var zipPath = Path.Combine(_folder.Output, "medium.zip");
        Directory.CreateDirectory(_folder.Output);

        Assert.Equal(2, (await _writer.WriteZipAsync(Path.Combine(_folder.Path), zipPath))!.Instances);

        using var zip = ZipFile.OpenRead(zipPath);
        Assert.Equal(["DICOMDIR", "DICOM/F1", "DICOM/F2"], zip.Entries.Select(entry => entry.FullName));
        zip.ExtractToDirectory(Path.Combine(_folder.Output, "read"));
        Assert.Equal(["1.1", "1.2"], Records(Path.Combine(_folder.Output, "read")).Select(record => record.Sop).Order());
        Assert.False(File.Exists(DirectoryPath));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_folder_without_DICOM_files_has_none()
    {
        await File.WriteAllTextAsync(DirectoryPath, "of earlier");

        Assert.Null(await _writer.WriteAsync(_folder.Path));
        Assert.False(File.Exists(DirectoryPath));
        Assert.Null(await _writer.WriteZipAsync(_folder.Path, Path.Combine(_folder.Path, "ZIP")));
    }

    [Fact]
    public void Options_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new DicomDirectoryWriter(new DicomDirectoryOptions { FileSetId = "too long for a CS" }));
        Assert.Throws<ArgumentException>(() => new DicomDirectoryWriter(new DicomDirectoryOptions { FileSetId = "lower" }));
        Assert.Contains("Media", Assert.Throws<ArgumentException>(() => new MediaSaveHandler(_folder.Path, new SavingOptions())).Message, StringComparison.Ordinal);
    }

    [DcmtkFact(Timeout = 60_000)]
    public async Task Dcmtk_reads_it_and_goes_on_with_it()
    {
        for (var i = 0; i < 5; i++)
        {
            Write($"DICOM/F{i}", Files.Image(patient: $"P{i / 3}", study: $"1.{i / 3}", series: $"1.{i / 3}.1", sop: $"1.{i / 3}.1.{i}"));
        }

        await _writer.WriteAsync(_folder.Path);
        Write("DICOM/F9", Files.Image(patient: "P9", study: "1.9", series: "1.9.1", sop: "1.9.1.1"));

        // Appending reads all records by their offsets, and checks them.
        var (exitCode, output) = Dcmtk("dcmmkdir", "--append", "--no-backup", "+I", "DICOM/F9");
        Assert.True(exitCode == 0, output);
        Assert.Equal(6, Records().Count);
        var (dumped, text) = Dcmtk("dcmdump", "+P", "0004,1500", "DICOMDIR");
        Assert.True(dumped == 0, text);
        Assert.Equal(6, text.Split("DICOM\\F").Length - 1);
    }

    private (int ExitCode, string Output) Dcmtk(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.GetAwaiter().GetResult());
    }

    private void Write(string name, DicomDataset dataset)
    {
        var path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, dataset.Bytes());
    }

    private static int[] Places(byte[] bytes, ReadOnlySpan<byte> text)
    {
        var places = new List<int>();
        for (var at = 0; bytes.AsSpan(at).IndexOf(text) is var next and >= 0; at += next + 1)
        {
            places.Add(at + next);
        }

        return [.. places];
    }

    // Reads the DICOMDIR as a viewer does, and each file that it refers to.
    private List<(string Patient, string Study, string Series, string Sop)> Records(string? folder = null)
    {
        folder ??= _folder.Path;
        return [.. from patient in DicomDirectory.Open(Path.Combine(folder, "DICOMDIR")).RootDirectoryRecordCollection
                   from study in patient.LowerLevelDirectoryRecordCollection
                   from series in study.LowerLevelDirectoryRecordCollection
                   from instance in series.LowerLevelDirectoryRecordCollection
                   select Checked(patient, study, series, instance)];

        (string, string, string, string) Checked(DicomDataset patient, DicomDataset study, DicomDataset series, DicomDataset instance)
        {
            var file = DicomFile.Open(Path.Combine([folder, .. instance.GetValues<string>(DicomTag.ReferencedFileID)]));
            Assert.Equal(instance.GetSingleValue<string>(DicomTag.ReferencedSOPInstanceUIDInFile), file.Dataset.GetSingleValue<string>(DicomTag.SOPInstanceUID));
            Assert.Equal(study.GetSingleValue<string>(DicomTag.StudyInstanceUID), file.Dataset.GetSingleValue<string>(DicomTag.StudyInstanceUID));
            Assert.Equal(series.GetSingleValue<string>(DicomTag.SeriesInstanceUID), file.Dataset.GetSingleValue<string>(DicomTag.SeriesInstanceUID));
            return (
                patient.GetSingleValueOrDefault(DicomTag.PatientID, ""), study.GetSingleValue<string>(DicomTag.StudyInstanceUID),
                series.GetSingleValue<string>(DicomTag.SeriesInstanceUID), instance.GetSingleValue<string>(DicomTag.ReferencedSOPInstanceUIDInFile));
        }
    }
}
