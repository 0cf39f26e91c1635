using CodRetrieve.Catalog;

namespace CodRetrieve.Selecting;

/// <summary>A <see cref="Selection"/>, checked and made ready: what is read for it, and what it leaves of a series. Immutable.</summary>
internal sealed class SelectionPlan
{
    private readonly Selection _selection;
    private readonly NamedInstances _named;
    private readonly SelectionCondition _condition;

    /// <param name="selection">The selection.</param>
    /// <param name="layout">The layout in which what is selected is saved.</param>
    /// <exception cref="ArgumentException">A UID is none, or an attribute is not known.</exception>
    public SelectionPlan(Selection selection, FolderLayout layout)
    {
        _selection = selection;
        _named = new NamedInstances(selection);
        OptionCheck.ThrowIfNotDefined(selection.Unknown, nameof(Selection.Unknown));
        OptionCheck.ThrowIfNotDefined(selection.Whole, nameof(Selection.Whole));
        _condition = new SelectionCondition(selection, _named);
        Needs = new AttributeNeeds
        {
            Condition = _condition.IsAny ? _condition : null,
            InstanceNumbers = selection.Sample is not null,
            Kept = [.. selection.KeptTags().Union(layout.Tags)],
            Identifying = [.. selection.AllowIdentifiers ? [] : selection.Attributes.Select(static name => Dicom.AttributePath.Parse(name).ToString()).Where(IdentifyingAttributes.Contains), .. layout.AllowIdentifiers ? [] : layout.IdentifyingAttributes],
            MayWiden = selection.Whole != SelectionScope.Instance,
        };
    }

    /// <summary>Whether all instances of a series need not be wanted.</summary>
    public bool IsPartial => Needs.Judges;

    /// <summary>Whether a study must be read to its end before anything of it can be wanted or left out.</summary>
    public bool DecidesByStudy => _selection.Whole == SelectionScope.Study && Needs.Condition is not null;

    /// <summary>What is read of the attributes.</summary>
    public AttributeNeeds Needs { get; }

    /// <summary>Whether a series may hold something that is wanted, going by its UID.</summary>
    public bool IsSeriesWanted(SeriesInfo series) => _named.MayHave(series);

    /// <summary>Whether a series has an instance that meets the condition.</summary>
    public bool HasMatch(SeriesContent content) => content.Index?.Judgements?.Any(IsSelected) ?? false;

    /// <summary>Returns the series with what is selected of it.</summary>
    /// <param name="content">The series, with its index read.</param>
    /// <param name="isWidened">Whether all of it is wanted since another series of its study has a match.</param>
    public SeriesContent Select(SeriesContent content, bool isWidened = false)
    {
        if (content.Index is not { Judgements: { } judgements } index)
        {
            return content;
        }

        var takesAll = Needs.Condition is null || isWidened || (_selection.Whole == SelectionScope.Series && HasMatch(content));
        var selected = Enumerable.Range(0, judgements.Count).Where(i => takesAll || IsSelected(judgements[i])).ToList();
        if (_selection.Sample is { } sample)
        {
            selected = Sampled(selected, judgements, sample);
        }

        var undecided = takesAll ? 0 : judgements.Count(static judgement => judgement.IsMet is null);
        return content with
        {
            Selected = selected.Count == judgements.Count ? index.Instances : [.. selected.Select(i => index.Instances[i])],
            InstancesUndecided = undecided,
            Index = _selection.Unknown == UnknownPolicy.Fail && undecided > 0 ? index with { Problems = [.. index.Problems, .. Undecided(index, judgements)] } : index,
        };
    }

    private bool IsSelected(InstanceJudgement judgement) => judgement.IsMet ?? _selection.Unknown == UnknownPolicy.Include;

    // In the order of the index again, which is about that of the tar.
    private static List<int> Sampled(List<int> selected, IReadOnlyList<InstanceJudgement> judgements, InstanceSample sample)
    {
        var ordered = selected.TrueForAll(i => judgements[i].Number is not null)
            ? selected.OrderBy(i => judgements[i].Number).ToList()
            : selected;
        return [.. ordered.Where((_, place) => sample.Takes(place, ordered.Count)).Order()];
    }

    private static IEnumerable<CodFormatException> Undecided(SeriesIndex index, IReadOnlyList<InstanceJudgement> judgements) =>
        index.Instances.Where((_, i) => judgements[i].IsMet is null).Select(static instance => new CodFormatException(
            $"{instance.Uri}: an attribute is missing or cannot be read, so that it is not known whether the instance is selected."));
}
