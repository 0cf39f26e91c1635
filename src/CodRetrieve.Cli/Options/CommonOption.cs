using System.CommandLine;

namespace CodRetrieve.Cli.Options;

/// <summary>Makes options that all commands have.</summary>
internal static class CommonOption
{
    public static Option<string> Text(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, Recursive = true };

    public static Option<bool> Flag(string name, string description) => new(name) { Description = description, Recursive = true };

    public static void AddTo(Command command, params Option[] options)
    {
        foreach (var option in options)
        {
            command.Options.Add(option);
        }
    }
}
