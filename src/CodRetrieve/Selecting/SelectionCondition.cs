using CodRetrieve.Catalog;
using CodRetrieve.Dicom;

namespace CodRetrieve.Selecting;

/// <summary>The condition of a <see cref="Selection"/> on one instance. Safe for several callers at once, if the user's own conditions are.</summary>
internal sealed class SelectionCondition : IInstanceCondition
{
    private readonly NamedInstances _named;
    private readonly IReadOnlyList<Func<InstanceAttributes, bool>> _predicates;
    private readonly InstanceFilter? _filter;
    private readonly InstanceFilter[] _ofSeries;

    public SelectionCondition(Selection selection, NamedInstances named)
    {
        _named = named;
        _predicates = selection.Predicates;
        _filter = selection.Filter;
        _ofSeries = [.. _filter?.Conjuncts().Where(SeriesLevel.IsOf) ?? []];
    }

    public bool NeedsAttributes => _filter is not null || _predicates.Count > 0;

    /// <summary>Whether there is anything to meet.</summary>
    public bool IsAny => _named.HasInstances || NeedsAttributes;

    public bool IsExcluded(SeriesInfo series, string sopInstanceUid) => !_named.Has(series, sopInstanceUid);

    public bool IsSeriesExcluded(DicomDataset dataset) => Array.Exists(_ofSeries, filter => filter.Evaluate(dataset) == false);

    public bool? IsMet(DicomDataset dataset)
    {
        var isMet = _filter is null ? true : _filter.Evaluate(dataset);
        return isMet == false || _predicates.Count == 0 ? isMet
            : !dataset.IsReadable ? null
            : MeetsPredicates(dataset) ? isMet
            : false;
    }

    private bool MeetsPredicates(DicomDataset dataset)
    {
        var attributes = new InstanceAttributes(dataset);
        try
        {
            return _predicates.All(predicate => predicate(attributes));
        }
#pragma warning disable CA1031 // Whatever the user's code throws is the cause of this instance's failure.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // Its message may hold an attribute.
            throw new CodFormatException($"the condition of the selection threw a {e.GetType().Name}", e);
        }
        finally
        {
            attributes.End();
        }
    }
}
