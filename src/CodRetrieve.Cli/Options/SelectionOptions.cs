using System.CommandLine;
using CodRetrieve.Cli.Input;

namespace CodRetrieve.Cli.Options;

/// <summary>The options that say which instances of the studies are wanted.</summary>
internal sealed class SelectionOptions
{
    private readonly Option<InstanceFilter?> _where = new("--where")
    {
        HelpName = "CONDITION",
        Arity = ArgumentArity.OneOrMore,
        Description = "Only instances whose DICOM attributes meet the condition: \"Modality=CT and SliceThickness < 1.5\". Several must all be met. docs/selection.md has all of it.",
        CustomParser = OptionValues.ParseFilter,
    };

    private readonly Option<string[]> _series = Uids("--series", "Only the series with this Series Instance UID; may be given several times.");

    private readonly Option<string[]> _instances = Uids("--instance", "Only the instance with this SOP Instance UID; may be given several times.");

    private readonly Option<SelectionScope> _whole = new("--whole")
    {
        HelpName = "WHAT",
        Description = "What a selected instance takes with it: instance (nothing), series or study. Default: instance.",
        DefaultValueFactory = _ => SelectionScope.Instance,
        CustomParser = OptionValues.ParseScope,
    };

    private readonly Option<InstanceSample?> _sample = new("--sample")
    {
        HelpName = "WHICH",
        Description = "Only some of what is selected of each series, by Instance Number: a number N (the first and each N-th), first or middle.",
        CustomParser = OptionValues.ParseSample,
    };

    private readonly Option<UnknownPolicy> _unknown = new("--unknown")
    {
        HelpName = "POLICY",
        Description = "What becomes of instances whose attributes do not tell whether --where is met: exclude, include or fail. Default: exclude.",
        DefaultValueFactory = _ => UnknownPolicy.Exclude,
        CustomParser = OptionValues.ParseUnknownPolicy,
    };

    public void AddTo(Command command) => CommonOption.AddTo(command, _where, _series, _instances, _whole, _sample, _unknown);

    public SelectionRequest Of(ParseResult parsed) => new()
    {
        Where = parsed.GetValue(_where),
        Series = parsed.GetValue(_series) ?? [],
        Instances = parsed.GetValue(_instances) ?? [],
        Whole = parsed.GetValue(_whole),
        Sample = parsed.GetValue(_sample),
        Unknown = parsed.GetValue(_unknown),
    };

    private static Option<string[]> Uids(string name, string description) => new(name) { HelpName = "UID", Description = description };
}
