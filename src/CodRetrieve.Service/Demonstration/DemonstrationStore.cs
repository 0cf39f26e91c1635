using CodRetrieve.Testing;

namespace CodRetrieve.Service.Demonstration;

/// <summary>A store of synthetic studies on the disk, for a first look at the service: no image of it is of a person.</summary>
internal static class DemonstrationStore
{
    public const string Name = "demo";
    public const int StudyCount = 12;
    private const string Prefix = "demo/dicomweb";

    /// <summary>Writes the store unless it is there, and returns its address and its studies.</summary>
    public static async Task<(string Url, IReadOnlyList<string> Studies)> PrepareAsync(string directory, CancellationToken cancellationToken)
    {
        var studies = Enumerable.Range(1, StudyCount).Select(Create).ToList();
        var marker = Path.Combine(directory, "complete");
        if (!File.Exists(marker))
        {
            foreach (var study in studies)
            {
                await study.WriteToDirectoryAsync(directory, Prefix, cancellationToken: cancellationToken);
            }

            await File.WriteAllTextAsync(marker, "", cancellationToken);
        }

        return (new Uri(Path.Combine(Path.GetFullPath(directory), "demo")).AbsoluteUri, [.. studies.Select(static study => study.StudyInstanceUid)]);
    }

    private static SyntheticStudy Create(int number)
    {
        var study = new SyntheticStudy(seed: number);
        for (var series = 0; series <= number % 3; series++)
        {
            study.AddSeries(new SyntheticSeriesOptions { InstanceCount = 4 + (number * 3), InstanceSizeBytes = 64 << 10 });
        }

        return study;
    }
}
