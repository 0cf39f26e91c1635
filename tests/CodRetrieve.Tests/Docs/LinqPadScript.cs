using System.Xml.Linq;

namespace CodRetrieve.Tests.Docs;

/// <summary>A LINQPad script: an XML header, an empty line, C#.</summary>
public sealed record LinqPadScript(string Name, XElement Header, string Code)
{
    // What LINQPad adds to every object and what it imports by itself.
    private const string Dump = """
        global using LINQPad;
        namespace LINQPad
        {
            public static class Extensions
            {
                public static T Dump<T>(this T value, string? title = null)
                {
                    Console.WriteLine($"{title}: {value}");
                    return value;
                }
            }
        }
        """;

    public static IEnumerable<LinqPadScript> In(string folder) => Directory.EnumerateFiles(folder, "*.linq").Order(StringComparer.Ordinal).Select(Read);

    /// <summary>The script as a program, with a change or two that a user would make as well.</summary>
    public string[] ToProgram(Func<string, string>? change = null)
    {
        var usings = Header.Elements("Namespace").Select(element => $"using {element.Value};\n");
        // A script of the kind "Program" has its statements in a method Main, which LINQPad calls.
        var start = Header.Attribute("Kind")!.Value == "Program" ? "await Main();\n" : "";
        return [string.Concat(usings) + start + (change?.Invoke(Code) ?? Code), Dump];
    }

    private static LinqPadScript Read(string path)
    {
        var text = File.ReadAllText(path).ReplaceLineEndings("\n");
        var end = text.IndexOf("</Query>\n\n", StringComparison.Ordinal) + "</Query>".Length;
        return new(Path.GetFileName(path), XElement.Parse(text[..end]), text[end..]);
    }
}
