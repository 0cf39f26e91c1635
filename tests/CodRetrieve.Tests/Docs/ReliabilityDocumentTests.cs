using System.Reflection;
using System.Text.RegularExpressions;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Docs;

/// <summary>Every test that docs/reliability.md names is one.</summary>
public sealed partial class ReliabilityDocumentTests
{
    [Fact]
    public void Every_test_that_the_document_names_exists()
    {
        var known = typeof(ReliabilityDocumentTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
            .Where(method => method.GetCustomAttributes<FactAttribute>().Any())
            .Select(method => $"{method.ReflectedType!.Name}.{method.Name}")
            .ToHashSet(StringComparer.Ordinal);

        var named = Names().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/reliability.md"))).Select(match => match.Groups["name"].Value).ToList();

        Assert.InRange(named.Count, 30, int.MaxValue);
        Assert.Equal([], named.Except(known).Where(name => !IsOfTheCommandLine(name)));
    }

    // Those are in an assembly of their own.
    private static bool IsOfTheCommandLine(string name)
    {
        var (type, method) = (name.Split('.')[0], name.Split('.')[1]);
        var file = Path.Combine(Repository.Root, "tests", "CodRetrieve.Cli.Tests", type + ".cs");
        return File.Exists(file) && File.ReadAllText(file).Contains($" Task {method}(", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"`(?<name>[A-Za-z0-9]+Tests\.\w+)`", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Names();
}
