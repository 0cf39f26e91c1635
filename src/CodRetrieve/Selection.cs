using CodRetrieve.Dicom;

namespace CodRetrieve;

/// <summary>
/// Which instances of the studies are wanted: by series, by instance, by a condition on their DICOM attributes, or as a sample. Attributes come from the series' indexes, so
/// that nothing is fetched to find out. Immutable and safe for use by several threads, if its conditions are.
/// </summary>
/// <remarks>
/// An instance is selected if its study is in <see cref="Studies"/>, its series in <see cref="Series"/> or it itself in <see cref="Instances"/> (where there is any of them), and it meets all
/// conditions; then <see cref="Whole"/> widens the selection, and <see cref="Sample"/> thins it out. docs/selection.md has the grammar of conditions and examples.
/// </remarks>
public sealed class Selection
{
    private IReadOnlyList<Func<InstanceAttributes, bool>> _predicates = [];

    /// <summary>
    /// Gets the Study Instance UIDs of the studies of which all series are wanted, beside those series and instances of others that are named. Default: none, which means all if there are neither
    /// <see cref="Series"/> nor <see cref="Instances"/>.
    /// </summary>
    public IReadOnlyCollection<string> Studies { get; init; } = [];

    /// <summary>Gets the Series Instance UIDs of the wanted series, as the store names them. Default: none.</summary>
    public IReadOnlyCollection<string> Series { get; init; } = [];

    /// <summary>Gets the SOP Instance UIDs of the wanted instances, as the store names them. Default: none.</summary>
    public IReadOnlyCollection<string> Instances { get; init; } = [];

    /// <summary>Gets the condition on the attributes that <see cref="Where(string)"/> and <see cref="Where(InstanceFilter)"/> added; <see langword="null"/> for none.</summary>
    public InstanceFilter? Filter { get; private init; }

    /// <summary>Gets what becomes of an instance whose attributes do not tell whether it meets <see cref="Filter"/>. Default <see cref="UnknownPolicy.Exclude"/>.</summary>
    public UnknownPolicy Unknown { get; init; }

    /// <summary>Gets what a selected instance takes with it. Default <see cref="SelectionScope.Instance"/>: nothing.</summary>
    public SelectionScope Whole { get; init; }

    /// <summary>Gets which of the selected instances of each series are taken; <see langword="null"/>, the default, for all.</summary>
    public InstanceSample? Sample { get; init; }

    /// <summary>
    /// Gets the attributes that stay with each selected instance (<see cref="InstanceInfo.GetAttributes"/>), by keyword or tag, for a save handler or a report. Default: none. They take memory
    /// for each instance that is planned.
    /// </summary>
    public IReadOnlyCollection<string> Attributes { get; init; } = [];

    /// <summary>
    /// Gets a value indicating whether <see cref="Attributes"/> that identify people stay with the instances also of a store with hashed UIDs, which keeps them in its indexes. Default
    /// <see langword="false"/>: its series are refused then.
    /// </summary>
    public bool AllowIdentifiers { get; init; }

    internal IReadOnlyList<Func<InstanceAttributes, bool>> Predicates => _predicates;

    /// <summary>Adds a condition: only instances that meet it, too, are selected.</summary>
    /// <param name="condition">The condition, such as <c>Modality=CT and SliceThickness &lt; 1.5</c>.</param>
    /// <returns>The selection with it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="condition"/> is <see langword="null"/>.</exception>
    /// <exception cref="FormatException">It is no condition, see <see cref="InstanceFilter.Parse"/>.</exception>
    public Selection Where(string condition) => Where(InstanceFilter.Parse(condition));

    /// <inheritdoc cref="Where(string)"/>
    /// <param name="condition">The condition.</param>
    public Selection Where(InstanceFilter condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return Copy(Filter is null ? condition : Filter & condition, _predicates);
    }

    /// <inheritdoc cref="Where(string)"/>
    /// <param name="condition">
    /// The condition. Called for one instance after the other, of several series at the same time; the attributes are valid until it returns. Where it throws, the instance fails. Instances
    /// whose attributes cannot be read are not given to it: <see cref="Unknown"/> decides about them.
    /// </param>
    public Selection Where(Func<InstanceAttributes, bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return Copy(Filter, [.. _predicates, condition]);
    }

    /// <summary>The tags of <see cref="Attributes"/>: of one in a sequence, that of the sequence.</summary>
    /// <exception cref="ArgumentException">One names no attribute.</exception>
    internal IReadOnlyCollection<uint> KeptTags()
    {
        try
        {
            return [.. Attributes.Select(static name => AttributePath.Parse(name).Elements[0].Tag).Distinct()];
        }
        catch (FormatException e)
        {
            throw new ArgumentException(e.Message, nameof(Attributes), e);
        }
    }

    private Selection Copy(InstanceFilter? filter, IReadOnlyList<Func<InstanceAttributes, bool>> predicates) => new()
    {
        Studies = Studies,
        Series = Series,
        Instances = Instances,
        Filter = filter,
        _predicates = predicates,
        Unknown = Unknown,
        Whole = Whole,
        Sample = Sample,
        Attributes = Attributes,
        AllowIdentifiers = AllowIdentifiers,
    };
}
