using CodRetrieve.Testing;

namespace CodRetrieve.Tests.Support;

public static class SyntheticExtensions
{
    /// <summary>What a complete retrieval saves of a study: SHA-256 by <c>{study}/{series}/{sop}</c>.</summary>
    public static SortedDictionary<string, string> Expected(this SyntheticStudy study) => Expected([study]);

    public static SortedDictionary<string, string> Expected(this IEnumerable<SyntheticStudy> studies)
    {
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (study, series) in studies.SelectMany(study => study.Series.Select(series => (study, series))))
        {
            foreach (var instance in series.Instances)
            {
                expected.Add($"{study.StudyInstanceUid}/{series.SeriesInstanceUid}/{instance.SopInstanceUid}", instance.Sha256);
            }
        }

        return expected;
    }
}
