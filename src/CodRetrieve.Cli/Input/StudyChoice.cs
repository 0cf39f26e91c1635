using CodRetrieve.Cli.Cohorts;
using CodRetrieve.Cli.Options;

namespace CodRetrieve.Cli.Input;

/// <summary>What is asked for: studies, and which of their series and instances.</summary>
internal sealed class StudyChoice
{
    private readonly List<string> _studies = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _whole = new(StringComparer.Ordinal);
    private readonly HashSet<string> _series = new(StringComparer.Ordinal);
    private readonly HashSet<string> _instances = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seriesWithoutStudy = new(StringComparer.Ordinal);
    private bool _hasParts;

    public IReadOnlyList<string> Studies => _studies;

    /// <summary>Series whose studies are not known.</summary>
    public IReadOnlyCollection<string> SeriesWithoutStudy => _seriesWithoutStudy;

    /// <summary>The values of a cohort's other columns; <see langword="null"/> where there is no cohort.</summary>
    public CohortValues? Values { get; private set; }

    /// <summary>Adds a study, all of which is meant unless options name series and instances.</summary>
    public void Add(string study)
    {
        AddStudy(study);
        _whole.Add(study);
    }

    public void Add(CohortRow row)
    {
        if (row.Study is { } study)
        {
            AddStudy(study);
        }
        else
        {
            _seriesWithoutStudy.Add(row.Series ?? throw new UsageException($"Line {row.Line} of the cohort names the instance {row.Instance} and neither its study nor its series, and no index says where that is. Add the column StudyInstanceUID."));
        }

        _hasParts |= row.Series is not null || row.Instance is not null;
        _ = row.Instance is { } instance ? _instances.Add(instance) : row.Series is { } series ? _series.Add(series) : _whole.Add(row.Study!);
        (Values ??= new CohortValues()).Add(row);
    }

    /// <summary>Adds the study of a series of <see cref="SeriesWithoutStudy"/>.</summary>
    public void AddFound(string study) => AddStudy(study);

    /// <summary>The selection of a command; <see langword="null"/> for all instances without their attributes.</summary>
    /// <param name="request">What the options say.</param>
    /// <param name="attributes">The attributes that are to stay with the instances.</param>
    /// <param name="allowIdentifiers">Whether these may identify people where the store has hashed UIDs.</param>
    public Selection? ToSelection(SelectionRequest request, IReadOnlyCollection<string> attributes, bool allowIdentifiers)
    {
        if (!_hasParts && request.IsAll && attributes.Count == 0)
        {
            return null;
        }

        var selection = new Selection
        {
            Studies = _hasParts && !request.HasUids ? _whole : [],
            Series = [.. _hasParts ? _series : [], .. request.Series],
            Instances = [.. _hasParts ? _instances : [], .. request.Instances],
            Whole = request.Whole,
            Sample = request.Sample,
            Unknown = request.Unknown,
            Attributes = attributes,
            AllowIdentifiers = allowIdentifiers,
        };
        return request.Where is null ? selection : selection.Where(request.Where);
    }

    private void AddStudy(string study)
    {
        if (_known.Add(study))
        {
            _studies.Add(study);
        }
    }
}
