namespace CodRetrieve.Service.Requests;

/// <summary>What a request would do. Nothing of it is kept.</summary>
/// <param name="Studies">The studies that were given, each once.</param>
/// <param name="StudiesRead">Those whose indexes were read: all, or the first of a long list.</param>
/// <param name="MissingStudies">Those of them that the store does not have.</param>
/// <param name="Series">The series that were found.</param>
/// <param name="Instances">The instances of these that are selected.</param>
/// <param name="InstancesSaved">Those that the destination has.</param>
/// <param name="InstancesNotSelected">The instances that are not selected.</param>
/// <param name="Bytes">The bytes of the selected instances.</param>
/// <param name="BytesToFetch">Those that would be fetched.</param>
/// <param name="Problems">What is wrong with series and studies, at most 100.</param>
internal sealed record DryRunReport(
    int Studies, int StudiesRead, IReadOnlyList<string> MissingStudies, int Series, int Instances, int InstancesSaved, int InstancesNotSelected,
    long Bytes, long BytesToFetch, IReadOnlyList<string> Problems)
{
    /// <summary>Gets whether not all studies were read, so that the numbers are a sample.</summary>
    public bool IsSample => StudiesRead < Studies;
}
