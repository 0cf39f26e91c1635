using System.CommandLine;
using CodRetrieve.Cli.Input;

namespace CodRetrieve.Cli.Options;

/// <summary>The options that say what of a store is listed.</summary>
internal sealed class ListOptions
{
    private readonly Option<ListLevel> _level = new("--level")
    {
        HelpName = "LEVEL",
        Description = "What a line is about: study, series or instance. Instances are read from the indexes. Default: study.",
        DefaultValueFactory = _ => ListLevel.Study,
        CustomParser = OptionValues.ParseListLevel,
    };

    private readonly Option<string> _after = new("--after")
    {
        HelpName = "UID",
        Description = "Begin behind this study in the order of the store: where an earlier listing ended.",
    };

    private readonly Option<bool> _csv = new("--csv") { Description = "Write a table (CSV) with a header. A list of studies that can be given as @FILE." };

    public void AddTo(Command command) => CommonOption.AddTo(command, _level, _after, _csv);

    public ListRequest Of(ParseResult parsed, SelectionRequest selection) => new()
    {
        HasSelection = !selection.IsAll,
        Level = parsed.GetValue(_level),
        After = parsed.GetValue(_after)?.Trim(),
        Csv = parsed.GetValue(_csv),
    };
}
