using CodRetrieve.Testing;

namespace CodRetrieve.Benchmarks.EndToEnd;

/// <summary>What one measurement retrieves: studies of synthetic series, all alike.</summary>
internal sealed record DataSet(string Name, int Studies, int SeriesPerStudy, int InstancesPerSeries, int InstanceBytes, string Meaning)
{
    public const string Prefix = "bench/dicomweb";

    public static IReadOnlyList<DataSet> All { get; } =
    [
        new("L", 4, 4, 256, 512 * 1024, "16 series of 128 MiB, instances of 512 KiB"),
        new("S", 4, 5, 1000, 32 * 1024, "20 series of 1000 instances of 32 KiB"),
        new("H", 1, 1, 2048, 1024 * 1024, "one series of 2 GiB, instances of 1 MiB"),
        new("M", 1, 1000, 100, 2 * 1024, "1,000 series of 100 instances of 2 KiB in one study"),
        new("P", 1, 1, 200, 1024 * 1024, "one series of 200 MiB, to compare the memory with that of H"),
    ];

    /// <summary>What is measured only when it is named: so much that memory, and time for each, must not grow with it.</summary>
    public static IReadOnlyList<DataSet> Large { get; } =
    [
        new("N", 10_000, 1, 100, 2 * 1024, "10,000 studies of 100 instances of 2 KiB"),
        new("K", 10_000, 10, 10, 1024, "10,000 studies of 10 series of 10 instances of 1 KiB") { TagBytes = 300 },
        new("J", 1_000, 10, 10, 1024, "a tenth of K") { TagBytes = 300 },
        new("U", 200_000, 1, 1, 1024, "200,000 studies of one instance of 1 KiB") { TagBytes = 300 },
    ];

    /// <summary>Small ones of two kinds, for a quick look at whether something has become much slower.</summary>
    public static IReadOnlyList<DataSet> Quick { get; } =
    [
        new("Q", 1, 4, 64, 512 * 1024, "4 series of 32 MiB, instances of 512 KiB"),
        new("R", 1, 1, 512, 512 * 1024, "one series of 256 MiB, instances of 512 KiB"),
        new("V", 1, 300, 2, 100 * 1024, "300 series of 2 instances of 100 KiB in one study"),
    ];

    /// <summary>What is delivered to a receiver: images as of a CT, and small ones.</summary>
    public static IReadOnlyList<DataSet> Delivered { get; } =
    [
        new("B", 1, 4, 128, 512 * 1024, "4 series of 64 MiB, instances of 512 KiB"),
        new("C", 1, 4, 500, 32 * 1024, "4 series of 500 instances of 32 KiB"),
    ];

    /// <summary>What memory must not grow with: 2 GiB in one instance, and in many.</summary>
    public static IReadOnlyList<DataSet> DeliveredWhole { get; } =
    [
        new("G", 1, 1, 1, int.MaxValue - 1, "one instance of 2 GiB (less two bytes)"),
        new("H", 1, 1, 2048, 1024 * 1024, "one series of 2 GiB, instances of 1 MiB"),
        new("E", 1, 1, 65_536, 32 * 1024, "one series of 2 GiB, instances of 32 KiB"),
    ];

    /// <summary>What is measured over a link only: so many small studies that a loopback says nothing about them.</summary>
    public static DataSet Small { get; } = new("X", 1500, 1, 2, 250 * 1024, "1,500 studies of one series of 2 instances of 250 KiB");

    /// <summary>The bytes of the DICOM tags of each instance in its index; <see langword="null"/> for as many as usual.</summary>
    public int? TagBytes { get; init; }

    public int Instances => Studies * SeriesPerStudy * InstancesPerSeries;

    /// <summary>The bytes of the set's objects, as they lie in the store.</summary>
    public long StoredBytes(string folder) => Synthetic()
        .SelectMany(study => new DirectoryInfo(Path.Combine(folder, "objects", Prefix, "studies", study.StudyInstanceUid)).EnumerateFiles("*", SearchOption.AllDirectories))
        .Sum(static file => file.Length);

    /// <summary>Writes the set's objects as files, unless they are there.</summary>
    /// <returns>The studies' UIDs.</returns>
    public async Task<IReadOnlyList<string>> WriteAsync(string folder)
    {
        var studies = Synthetic();
        var done = Path.Combine(folder, $"{Name}.done");
        if (!File.Exists(done))
        {
            foreach (var study in studies)
            {
                for (var i = 0; i < SeriesPerStudy; i++)
                {
                    var series = new SyntheticSeriesOptions { InstanceCount = InstancesPerSeries, InstanceSizeBytes = InstanceBytes };
                    study.AddSeries(TagBytes is { } bytes ? series with { MetadataBytesPerInstance = bytes } : series);
                }

                await study.WriteToDirectoryAsync(Path.Combine(folder, "objects"), Prefix, NginxServer.Bucket);
            }

            await File.WriteAllTextAsync(done, "");
        }

        return [.. studies.Select(study => study.StudyInstanceUid)];
    }

    private List<SyntheticStudy> Synthetic() => [.. Enumerable.Range(0, Studies).Select(i => new SyntheticStudy(seed: (Name[0] * 10_000) + i))];
}
