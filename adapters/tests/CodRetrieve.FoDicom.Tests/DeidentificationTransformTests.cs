using System.Text;
using CodRetrieve.Testing;
using FellowOakDicom;

namespace CodRetrieve.FoDicom.Tests;

public sealed class DeidentificationTransformTests
{
    private static readonly InstanceInfo Instance = CodModelFactory.Series("1.2.3", "1.2.3.4", instances: [("1.2.3.4.5", 1, 1)]).Instances[0];

    [Fact(Timeout = 60_000)]
    public async Task Nothing_that_the_profile_removes_is_left_in_any_byte_of_the_file()
    {
        var dataset = Files.Image();
        DicomTag[] texts =
        [
            DicomTag.InstitutionName, DicomTag.InstitutionAddress, DicomTag.ReferringPhysicianName, DicomTag.PerformingPhysicianName, DicomTag.OperatorsName, DicomTag.StationName,
            DicomTag.StudyDescription, DicomTag.SeriesDescription, DicomTag.PatientAddress, DicomTag.OtherPatientNames, DicomTag.MilitaryRank, DicomTag.PatientComments,
            DicomTag.AdditionalPatientHistory, DicomTag.Occupation, DicomTag.ImageComments, DicomTag.ProtocolName, DicomTag.RequestingPhysician, DicomTag.DeviceSerialNumber,
            DicomTag.PatientTelephoneNumbers, DicomTag.InsurancePlanIdentificationRETIRED, DicomTag.MedicalRecordLocatorRETIRED, DicomTag.PatientMotherBirthName, DicomTag.EthnicGroup,
        ];
        foreach (var tag in texts)
        {
            dataset.AddOrUpdate(tag.DictionaryEntry.ValueRepresentations[0], tag, "SECRET");
        }

        dataset.AddOrUpdate(new DicomSequence(DicomTag.ReferencedPatientSequence, new DicomDataset(new DicomLongString(DicomTag.PatientID, "SECRET"))));
        dataset.AddOrUpdate(new DicomSequence(DicomTag.OriginalAttributesSequence, new DicomDataset(new DicomPersonName(DicomTag.PatientName, "SECRET"))));
        dataset.AddOrUpdate(new DicomSequence(DicomTag.RequestAttributesSequence, new DicomDataset(new DicomLongString(DicomTag.ScheduledProcedureStepDescription, "SECRET"))));
        dataset.AddOrUpdate(new DicomSequence(DicomTag.ReferencedSeriesSequence, new DicomDataset(
            new DicomUniqueIdentifier(DicomTag.SeriesInstanceUID, "1.2.3.4"),
            new DicomSequence(DicomTag.ReferencedInstanceSequence, new DicomDataset(
                new DicomPersonName(DicomTag.OperatorsName, "SECRET"), new DicomUniqueIdentifier(DicomTag.ReferencedSOPInstanceUID, "1.2.3.4.5"))))));
        var creator = DicomDictionary.Default.GetPrivateCreator("SECRET CREATOR");
        dataset.Add(new DicomLongString(new DicomTag(0x0009, 0x1010, creator), "SECRET"));
        dataset.Add(new DicomUnlimitedText(new DicomTag(0x0029, 0x1011, creator), "SECRET"));
        var bytes = dataset.Bytes(change: file =>
        {
            file.FileMetaInfo.SourceApplicationEntityTitle = "SECRET";
            file.FileMetaInfo.SendingApplicationEntityTitle = "SECRET";
            file.FileMetaInfo.PrivateInformationCreatorUID = DicomUID.Parse("1.2.3.4.5");
            file.FileMetaInfo.PrivateInformation = Encoding.ASCII.GetBytes("SECRET");
        });
        Encoding.ASCII.GetBytes("SECRET preamble").CopyTo(bytes, 0);
        Assert.InRange(Count(bytes, "SECRET"), texts.Length, 100);

        var result = await RunAsync(bytes);

        Assert.Equal(0, Count(result, "SECRET"));
        Assert.Equal(0, Count(result, "Secret"));
        Assert.Equal(0, Count(result, "19610203"));
        Assert.Equal(0, Count(result, "ID-7"));
        Assert.Equal(0, Count(result, "1.2.3"));
    }

    [Fact(Timeout = 60_000)]
    public async Task References_stay_right_over_a_cohort_and_in_another_run()
    {
        var first = Files.Image();
        var second = Files.Image(sop: "1.2.3.4.6");
        second.AddOrUpdate(new DicomSequence(DicomTag.SourceImageSequence, new DicomDataset(
            new DicomUniqueIdentifier(DicomTag.ReferencedSOPClassUID, DicomUID.CTImageStorage), new DicomUniqueIdentifier(DicomTag.ReferencedSOPInstanceUID, "1.2.3.4.5"))));
        second.AddOrUpdate(new DicomUniqueIdentifier(DicomTag.SynchronizationFrameOfReferenceUID, "1.2.3.9"));

        var one = Files.Read(await RunAsync(first.Bytes(), new DeidentificationTransform(new DeidentificationOptions(Files.Key))));
        var other = Files.Read(await RunAsync(second.Bytes(), new DeidentificationTransform(new DeidentificationOptions(Files.Key))));

        foreach (var tag in new[] { DicomTag.StudyInstanceUID, DicomTag.SeriesInstanceUID, DicomTag.FrameOfReferenceUID, DicomTag.PatientID, DicomTag.PatientName })
        {
            Assert.Equal(one.GetSingleValue<string>(tag), other.GetSingleValue<string>(tag));
        }

        Assert.Equal(one.GetSingleValue<string>(DicomTag.FrameOfReferenceUID), other.GetSingleValue<string>(DicomTag.SynchronizationFrameOfReferenceUID));
        Assert.NotEqual(one.GetSingleValue<string>(DicomTag.SOPInstanceUID), other.GetSingleValue<string>(DicomTag.SOPInstanceUID));
        Assert.Equal(DicomUID.CTImageStorage.UID, one.GetSingleValue<string>(DicomTag.SOPClassUID));
        if (other.TryGetSequence(DicomTag.SourceImageSequence, out var sources))
        {
            Assert.Equal(one.GetSingleValue<string>(DicomTag.SOPInstanceUID), sources.Items[0].GetSingleValue<string>(DicomTag.ReferencedSOPInstanceUID));
        }

        var third = Files.Read(await RunAsync(Files.Image(patient: "ID-8").Bytes()));
        Assert.NotEqual(one.GetSingleValue<string>(DicomTag.PatientID), third.GetSingleValue<string>(DicomTag.PatientID));
        var stranger = Files.Read(await RunAsync(first.Bytes(), new DeidentificationTransform(new DeidentificationOptions(new byte[16]))));
        Assert.NotEqual(one.GetSingleValue<string>(DicomTag.StudyInstanceUID), stranger.GetSingleValue<string>(DicomTag.StudyInstanceUID));
    }

    [Fact(Timeout = 60_000)]
    public async Task Every_value_of_a_UID_with_several_is_replaced()
    {
        var dataset = Files.Image();
        dataset.AddOrUpdate(DicomTag.FailedSOPInstanceUIDList, "1.2.3.4.5", "1.2.3.4.6");

        var result = Files.Read(await RunAsync(dataset.Bytes()));

        var names = new Pseudonyms(Files.Key);
        Assert.Equal([names.OfUid("1.2.3.4.5"), names.OfUid("1.2.3.4.6")], result.GetValues<string>(DicomTag.FailedSOPInstanceUIDList));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_same_file_gives_the_same_bytes_each_time_and_its_meta_information_has_the_new_UID()
    {
        var bytes = Files.Image().Bytes();

        var result = await RunAsync(bytes);

        Assert.Equal(result, await RunAsync(bytes, new DeidentificationTransform(new DeidentificationOptions(Files.Key))));
        var file = DicomFile.Open(new MemoryStream(result));
        Assert.Equal(file.Dataset.GetSingleValue<string>(DicomTag.SOPInstanceUID), file.FileMetaInfo.MediaStorageSOPInstanceUID.UID);
        Assert.StartsWith("CodRetrieve.FoDicom 1, fo-dicom ", file.Dataset.GetSingleValue<string>(DicomTag.DeidentificationMethod), StringComparison.Ordinal);
        Assert.InRange(file.Dataset.GetSingleValue<string>(DicomTag.DeidentificationMethod).Length, 1, 64);
        Assert.False(file.Dataset.Contains(DicomTag.PatientIdentityRemoved));
        var said = Files.Read(await RunAsync(bytes, new DeidentificationTransform(new DeidentificationOptions(Files.Key) { SetPatientIdentityRemoved = true })));
        Assert.Equal("YES", said.GetSingleValue<string>(DicomTag.PatientIdentityRemoved));
    }

    [Fact(Timeout = 60_000)]
    public async Task Pixels_stay_as_they_are_compressed_or_not()
    {
        var plain = Files.Read(await RunAsync(Files.Image().Bytes()));
        Assert.Equal([1, 2, 3, 4], plain.GetValues<byte>(DicomTag.PixelData));

        var compressed = Files.Image();
        var random = new Random(1);
        byte[][] fragments = [new byte[100_000], new byte[300_002]];
        Array.ForEach(fragments, random.NextBytes);
        compressed.AddOrUpdate(Files.Fragments(fragments));
        var bytes = await RunAsync(compressed.Bytes(DicomTransferSyntax.JPEG2000Lossless));
        var file = DicomFile.Open(new MemoryStream(bytes), FileReadOption.ReadAll);
        Assert.Equal(DicomTransferSyntax.JPEG2000Lossless, file.FileMetaInfo.TransferSyntax);
        Assert.Equal(fragments, file.Dataset.GetDicomItem<DicomFragmentSequence>(DicomTag.PixelData).Fragments.Select(fragment => fragment.Data));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(DicomAnonymizer.SecurityProfileOptions.RetainSafePrivate)]
    [InlineData(DicomAnonymizer.SecurityProfileOptions.CleanDesc)]
    [InlineData(DicomAnonymizer.SecurityProfileOptions.CleanStructdCont)]
    [InlineData(DicomAnonymizer.SecurityProfileOptions.RetainLongFullDates)]
    public async Task Private_sequences_of_unknown_representation_are_no_obstacle_whatever_the_profile(DicomAnonymizer.SecurityProfileOptions option)
    {
        var dataset = Files.Image();
        var creator = DicomDictionary.Default.GetPrivateCreator("SOMEBODY");
        dataset.Add(new DicomSequence(new DicomTag(0x0029, 0x1010, creator), new DicomDataset(new DicomPersonName(DicomTag.PatientName, "SECRET"))));
        dataset.Add(new DicomDecimalString(new DicomTag(0x0029, 0x1011, creator), "1.5"));
        var transform = new DeidentificationTransform(new DeidentificationOptions(Files.Key) { Profile = DicomAnonymizer.SecurityProfileOptions.BasicProfile | option });

        var result = await RunAsync(dataset.Bytes(DicomTransferSyntax.ImplicitVRLittleEndian), transform);

        Assert.Equal(0, Count(result, "SECRET"));
        Assert.Equal(0, Count(result, "ID-7"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("YES", false, true)]
    [InlineData("YES", true, false)]
    [InlineData("NO", false, false)]
    public async Task What_has_annotations_burned_in_is_refused_unless_that_is_allowed(string burnedIn, bool allowed, bool refused)
    {
        var bytes = Files.Image().AddOrUpdate(DicomTag.BurnedInAnnotation, burnedIn).Bytes();
        var transform = new DeidentificationTransform(new DeidentificationOptions(Files.Key) { AllowBurnedInAnnotation = allowed });

        if (refused)
        {
            Assert.Contains("(0028,0301)", (await Assert.ThrowsAsync<DeidentificationException>(() => RunAsync(bytes, transform))).Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.NotEmpty(await RunAsync(bytes, transform));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Patients_without_an_identifier_are_not_taken_for_one_and_the_same()
    {
        var one = Files.Read(await RunAsync(Files.Image(patient: "", study: "1.2.3").Bytes()));
        var same = Files.Read(await RunAsync(Files.Image(patient: "", study: "1.2.3", sop: "1.2.3.8").Bytes()));
        var other = Files.Read(await RunAsync(Files.Image(patient: "", study: "1.2.4").Bytes()));

        Assert.Equal(one.GetSingleValue<string>(DicomTag.PatientID), same.GetSingleValue<string>(DicomTag.PatientID));
        Assert.NotEqual(one.GetSingleValue<string>(DicomTag.PatientID), other.GetSingleValue<string>(DicomTag.PatientID));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_cannot_be_read_fails_without_a_word_of_what_is_in_it()
    {
        var bytes = Files.Image().Bytes();
        var random = new Random(7);
        var (failed, written) = (0, 0);
        foreach (var damaged in Enumerable.Range(0, 400).Select(_ => Damaged(bytes, random)).Append(Encoding.ASCII.GetBytes("Secret^Patient")).Append([]))
        {
            try
            {
                await RunAsync(damaged);
                written++;
            }
            catch (DeidentificationException e)
            {
                failed++;
                Assert.Null(e.InnerException);
                Assert.DoesNotContain("ecret", e.ToString(), StringComparison.Ordinal);
            }
        }

        Assert.InRange(failed, 20, 401);
        Assert.InRange(written, 20, 401);
    }

    [Fact(Timeout = 120_000)]
    public async Task Memory_does_not_grow_with_the_pixels()
    {
        const int PixelBytes = 200_000_000;
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "large");
        var header = Files.Image().Remove(DicomTag.PixelData).Bytes();
        await using (var file = File.Create(path))
        {
            file.Write(header);
            file.Write([0xE0, 0x7F, 0x10, 0x00, (byte)'O', (byte)'B', 0, 0, .. BitConverter.GetBytes(PixelBytes)]);
            file.SetLength(file.Length + PixelBytes);
        }

        var before = GC.GetTotalAllocatedBytes();
        await using var source = File.OpenRead(path);
        await using var target = File.Create(path + ".new");
        await new DeidentificationTransform(new DeidentificationOptions(Files.Key)).TransformAsync(Instance, source, target, default);

        Assert.InRange(target.Length, PixelBytes, PixelBytes + 10_000L);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64_000_000);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_job_saves_what_it_makes_under_names_that_say_nothing_and_a_second_run_skips_it()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(new() { InstanceCount = 4, InstanceSizeBytes = 20_000 });
        study.AddSeries(new() { InstanceSizes = [2_500_000], Modality = "MR" });
        store.Put(study);
        using var folder = new TempFolder();
        CodDownload Open() => store.Open(folder.Output, options =>
        {
            options.Transform = new DeidentificationTransform(new DeidentificationOptions(Files.Key));
            options.Layout = new FolderLayout("{StudyInstanceUID:hash}/{SOPInstanceUID:hash}.dcm") { Salt = "salt" };
        });

        await using (var cod = Open())
        {
            Assert.Equal(5, (await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync()).InstancesSaved);
        }

        await using var again = Open();
        var result = await again.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();
        Assert.Equal((5, 0), (result.InstancesSkipped, result.InstancesSaved));
        Assert.True((await again.VerifyAsync([study.StudyInstanceUid])).IsIntact);
        var names = new Pseudonyms(Files.Key);
        var uids = Directory.EnumerateFiles(folder.Output, "*.dcm", SearchOption.AllDirectories).Select(path =>
        {
            Assert.DoesNotContain(study.StudyInstanceUid, path, StringComparison.Ordinal);
            return DicomFile.Open(path).Dataset.GetSingleValue<string>(DicomTag.SOPInstanceUID);
        });
        Assert.Equal(study.Series.SelectMany(series => series.Instances).Select(instance => names.OfUid(instance.SopInstanceUid)).Order(StringComparer.Ordinal), uids.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Its_identity_depends_on_all_that_its_results_depend_on_and_is_no_secret()
    {
        var identity = Of(Files.Key, _ => { });

        Assert.Equal(identity, Of(Files.Key, _ => { }));
        Assert.InRange(identity.Length, 1, 200);
        Assert.Equal(5, new[]
        {
            identity,
            Of(new byte[16], _ => { }),
            Of(Files.Key, options => options.Profile |= DicomAnonymizer.SecurityProfileOptions.RetainUIDs),
            Of(Files.Key, options => options.AllowBurnedInAnnotation = true),
            Of(Files.Key, options => options.SetPatientIdentityRemoved = true),
        }.Distinct(StringComparer.Ordinal).Count());
        Assert.DoesNotContain(Convert.ToHexString(Files.Key)[..8], identity, StringComparison.OrdinalIgnoreCase);

        static string Of(byte[] key, Action<DeidentificationOptions> change)
        {
            var options = new DeidentificationOptions(key);
            change(options);
            return new DeidentificationTransform(options).Identity;
        }
    }

    [Fact]
    public void A_key_that_can_be_guessed_and_a_profile_that_leaves_everything_are_refused()
    {
        Assert.Contains("at least 16", Assert.Throws<ArgumentException>(() => new DeidentificationOptions("password"u8)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new DeidentificationTransform(new DeidentificationOptions(Files.Key) { Profile = DicomAnonymizer.SecurityProfileOptions.RetainUIDs }));
    }

    private static byte[] Damaged(byte[] bytes, Random random)
    {
        var damaged = bytes.ToArray();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            damaged[random.Next(132, damaged.Length)] = (byte)random.Next(256);
        }

        return random.Next(4) == 0 ? damaged[..random.Next(damaged.Length)] : damaged;
    }

    private static int Count(byte[] bytes, string text)
    {
        var count = 0;
        var rest = bytes.AsSpan();
        for (int at; (at = rest.IndexOf(Encoding.ASCII.GetBytes(text))) >= 0; rest = rest[(at + 1)..])
        {
            count++;
        }

        return count;
    }

    private static async Task<byte[]> RunAsync(byte[] bytes, DeidentificationTransform? transform = null)
    {
        using var source = new MemoryStream(bytes, writable: false);
        using var target = new MemoryStream();
        await (transform ?? new DeidentificationTransform(new DeidentificationOptions(Files.Key))).TransformAsync(Instance, source, target, default);
        return target.ToArray();
    }
}
