using CodRetrieve.IO;
using CodRetrieve.Saving;
using CodRetrieve.Tests.Saving;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Reliability;

/// <summary>
/// The machine goes off after each write, flush and rename of a study in turn; what was not flushed is then lost at random, as file systems lose it. What a later
/// run takes for saved must be whole, and a study that was complete must be there.
/// </summary>
public sealed class PowerCutTests
{
    private const int Variants = 6;
    private const int Before = 1;

    private static readonly StudyInfo Study = new("1.2", true);

    [LinuxTheory(Timeout = 240_000)]
    [InlineData(false, true, Durability.Study, false)]
    [InlineData(false, false, Durability.Study, false)]
    [InlineData(false, true, Durability.Instance, false)]
    [InlineData(false, false, Durability.None, false)]
    [InlineData(true, true, Durability.Study, false)]
    [InlineData(false, true, Durability.Study, true)]
    [InlineData(true, true, Durability.Study, true)]
    public async Task Nothing_that_was_lost_counts_as_saved_wherever_the_power_fails(bool zip, bool anonymous, Durability durability, bool transforms)
    {
        var transform = transforms ? new InvertingTransform() : null;
        var series = WithCrcs(TestSeries.Of("1.2", "1.2.3", 4, 3_000));
        var (operations, wasComplete) = await CutAsync(int.MaxValue, 0);
        Assert.True(wasComplete);
        Assert.InRange(operations, 6, 200);
        for (var cut = 0; cut <= operations; cut++)
        {
            for (var variant = 0; variant < Variants; variant++)
            {
                await CutAsync(cut, variant);
            }
        }

        async Task<(int Operations, bool IsComplete)> CutAsync(int cut, int variant)
        {
            using var folder = new SavingFolder();

            // An earlier run saved the first of them, and another version of the second.
            var edited = WithCrcs(TestSeries.WithSizes("1.2", "1.2.3", 3_000, 2_999));
            await SaveAsync(folder.Path, 0, null, edited.Instances);
            var files = new CutFiles(folder.Path, cut);
            var isComplete = await SaveAsync(folder.Path, Before, files, series.Instances);
            files.Lose(new Random((cut * Variants) + variant));

            await using (var handler = await Create(folder.Path, 2, null).OpenedAsync("1.2"))
            {
                var found = await handler.FindSavedAsync(series, default);
                Assert.True(!isComplete || durability == Durability.None || series.Instances.All(instance => found.Contains(instance.SopInstanceUid)), $"A complete study is lost: {cut}, {variant}");
                await handler.SaveAllAsync(series.Instances.Where(instance => !found.Contains(instance.SopInstanceUid)));
                await handler.CompleteStudyAsync(Study, default);
            }

            foreach (var instance in series.Instances)
            {
                var bytes = TestSeries.Bytes(instance);
                Assert.True((transform?.Of(bytes) ?? bytes).AsSpan().SequenceEqual(Read(folder, instance)), $"{instance.SopInstanceUid} is wrong: {cut}, {variant}");
            }

            return (files.Operations, isComplete);
        }

        async Task<bool> SaveAsync(string root, UInt128 boot, CutFiles? files, IReadOnlyList<InstanceInfo> instances)
        {
            try
            {
                var handler = await Create(root, boot, files).OpenedAsync("1.2");
                await using var closing = handler;
                var found = await handler.FindSavedAsync(instances[0].Series, default);
                await handler.SaveAllAsync(instances.Where(instance => !found.Contains(instance.SopInstanceUid)));
                await ((DelegatingSaveHandler)handler).InnerHandler.CompleteStudyAsync(Study, default);
                return files?.IsCut != true;
            }
            catch (Exception) when (files?.IsCut == true)
            {
                return false;
            }
        }

        ISaveHandler Create(string root, UInt128 boot, CutFiles? files)
        {
            var options = new SavingOptions { BootId = boot, Durability = durability, Transform = transform, AnonymousFiles = anonymous, TimeProvider = new HurriedTime() };
            options.Files = files ?? options.Files;
            return zip ? new ZipSaveHandler(root, options) : new FolderSaveHandler(root, options);
        }

        byte[] Read(SavingFolder folder, InstanceInfo instance) => zip
            ? SavingTools.Read(folder["1.2.zip"], SavingTools.EntryName(instance))
            : File.ReadAllBytes(folder["1.2", "1.2.3", "instances", instance.SopInstanceUid + ".dcm"]);
    }

    private static SeriesInfo WithCrcs(SeriesInfo series)
    {
        var instances = new List<InstanceInfo>();
        var copy = new SeriesInfo { StudyInstanceUid = series.StudyInstanceUid, SeriesInstanceUid = series.SeriesInstanceUid, TarUri = series.TarUri, Instances = instances };
        instances.AddRange(series.Instances.Select(instance => new InstanceInfo
        {
            Series = copy,
            SopInstanceUid = instance.SopInstanceUid,
            SizeBytes = instance.SizeBytes,
            Crc32c = Crc32C.Append(0, TestSeries.Bytes(instance)),
        }));
        return copy;
    }
}
