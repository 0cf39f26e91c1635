using System.CommandLine;
using System.CommandLine.Invocation;

namespace CodRetrieve.Cli;

/// <summary>The usual help, and below it what to type.</summary>
internal sealed class HelpWithExamples(SynchronousCommandLineAction standard, Func<Command, string> examples) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var code = standard.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(examples(parseResult.CommandResult.Command));
        return code;
    }
}
