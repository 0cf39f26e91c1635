using CodRetrieve.Catalog;

namespace CodRetrieve.Selecting;

/// <summary>The studies, series and instances that a <see cref="Selection"/> names. Immutable.</summary>
internal sealed class NamedInstances
{
    private readonly HashSet<string> _studies;
    private readonly HashSet<string> _series;
    private readonly HashSet<string> _instances;

    /// <exception cref="ArgumentException">A UID is none.</exception>
    public NamedInstances(Selection selection)
    {
        _studies = Checked(selection.Studies, nameof(Selection.Studies));
        _series = Checked(selection.Series, nameof(Selection.Series));
        _instances = Checked(selection.Instances, nameof(Selection.Instances));
        IsAll = _studies.Count + _series.Count + _instances.Count == 0;
    }

    /// <summary>Whether none is named, and therefore all are meant.</summary>
    public bool IsAll { get; }

    /// <summary>Whether single instances are named.</summary>
    public bool HasInstances => _instances.Count > 0;

    /// <summary>Whether a series is meant, or may have an instance that is.</summary>
    public bool MayHave(SeriesInfo series) => HasInstances || HasAllOf(series);

    /// <summary>Whether an instance is meant.</summary>
    public bool Has(SeriesInfo series, string sopInstanceUid) => HasAllOf(series) || _instances.Contains(sopInstanceUid);

    private bool HasAllOf(SeriesInfo series) => IsAll || _studies.Contains(series.StudyInstanceUid) || _series.Contains(series.SeriesInstanceUid);

    private static HashSet<string> Checked(IReadOnlyCollection<string> uids, string name)
    {
        if (uids.FirstOrDefault(static uid => !SafeUid.IsSafe(uid)) is { } bad)
        {
            throw new ArgumentException(
                bad.Length == 0 ? $"A UID in {name} is blank." : $"'{SafeUid.Printable(bad, 40)}' in {name} is not a UID.", name);
        }

        return new HashSet<string>(uids, StringComparer.Ordinal);
    }
}
