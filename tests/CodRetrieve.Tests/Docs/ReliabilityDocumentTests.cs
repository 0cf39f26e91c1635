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
        Assert.Equal([], named.Except(known).Where(name => !IsInAnotherAssembly(name)));
    }

    // Those of the command line and of delivery are in assemblies of their own.
    private static bool IsInAnotherAssembly(string name)
    {
        var (type, method) = (name.Split('.')[0], name.Split('.')[1]);
        return new[] { "CodRetrieve.Cli.Tests", "CodRetrieve.DicomWeb.Tests", "CodRetrieve.Dimse.Tests" }
            .SelectMany(project => Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", project), type + ".cs", SearchOption.AllDirectories))
            .Any(file => File.ReadAllText(file).Contains($" Task {method}(", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"`(?<name>[A-Za-z0-9]+Tests\.\w+)`", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Names();
}
