using CodRetrieve.Cli.Output;

namespace CodRetrieve.Cli.Cohorts;

/// <summary>What is wrong with a cohort: counted, and the first of it named.</summary>
internal sealed class CohortProblems(string source, CohortScope scope)
{
    private const int MaxNamed = 20;

    private readonly List<string> _named = [];
    private bool _hasNumbers;
    private bool _hasMalformed;

    public int Count { get; private set; }

    public void Add(CohortProblem problem)
    {
        _hasNumbers |= problem.Kind == CohortProblemKind.Number;
        _hasMalformed |= problem.Kind == CohortProblemKind.Malformed;
        if (Count++ < MaxNamed)
        {
            _named.Add($"{source}:{problem.Line}: {PrintableText.Of(problem.Text)}");
        }
    }

    /// <exception cref="UsageException">There are any.</exception>
    public void ThrowIfAny()
    {
        if (Count > 0)
        {
            throw new UsageException(Message());
        }
    }

    private string Message()
    {
        var isAll = scope == CohortScope.All;
        var verb = _hasMalformed ? "cannot be read"
            : (Count == 1 ? "names no study" : "name no study") + (isAll ? ", series or instance" : "");
        var others = Count > MaxNamed ? $", and {Count - MaxNamed} more" : "";
        var format = isAll
            ? "A cohort has a UID in each line, a column StudyInstanceUID, SeriesInstanceUID or SOPInstanceUID, or objects in JSON with them."
            : "A list has a Study Instance UID in each line, a column StudyInstanceUID, or objects in JSON with it.";
        var numbers = _hasNumbers ? " A spreadsheet took UIDs for numbers (1.2E+10), and their digits are lost: format the column as text before the UIDs come into it, and export it again." : "";
        return $"{Pluralizer.Of(Count, "line")} {verb}: {string.Join(", ", _named)}{others}. {format}{numbers}";
    }
}
