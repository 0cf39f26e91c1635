using System.Text.RegularExpressions;
using CodRetrieve.Tests.Docs.Arrows.Left;
using CodRetrieve.Tests.Support;
using NetArchTest.Rules;

namespace CodRetrieve.Tests.Docs;

/// <summary>The compiled types depend on each other only as <c>docs/architecture.md</c> allows.</summary>
public sealed partial class ArchitectureTests
{
    private const string Document = "docs/architecture.md";

    // What a user calls first, and which therefore knows all components.
    private static readonly string[] Facade = [typeof(CodDownload).FullName!, typeof(Job).FullName!, typeof(RunningJobs).FullName!, typeof(CodModelFactory).FullName!];

    private static readonly string[] Independent = ["IO", "Diagnostics", "Dicom"];

    private static readonly string Source = Path.Combine(Repository.Root, "src", "CodRetrieve");

    public static TheoryData<string> Components => new(All);

    private static IReadOnlyList<string> All =>
        [.. DocTable.Rows(Repository.Root, Document, "## Components").Select(row => DocTable.Code(row[0]).Single())];

    [Fact]
    public void Every_folder_is_a_component_or_holds_what_all_know()
    {
        var folders = Directory.EnumerateDirectories(Source).Select(folder => Path.GetFileName(folder)).Where(name => name is not "bin" and not "obj" and not "buildTransitive");

        Assert.Equal(folders.Order(StringComparer.Ordinal), All.Concat(["Events", "Layout", "Model", "Results"]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Components))]
    public void A_component_uses_none_below_it(string component)
    {
        var forbidden = Independent.Contains(component) ? All.Where(other => other != component) : All.SkipWhile(other => other != component).Skip(1);

        AssertUsesNone(Types().That().ResideInNamespaceMatching($@"^CodRetrieve\.{component}(\.|$)"), [.. forbidden.Select(Namespace), .. Facade]);
    }

    [Fact]
    public void What_all_know_uses_no_component_but_the_first()
    {
        var known = Types().That().ResideInNamespaceMatching("^CodRetrieve$").And().DoNotHaveNameMatching($"^({string.Join('|', Facade.Select(name => name.Split('.')[^1]))})$");

        AssertUsesNone(known, [.. All.Except([.. Independent, "Storage"]).Select(Namespace), .. Facade]);
    }

    [Theory]
    [MemberData(nameof(Components))]
    public void A_file_has_the_namespace_of_its_component(string component)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Source, component), "*.cs", SearchOption.AllDirectories))
        {
            var isOfTheFirstPage = Path.GetFileNameWithoutExtension(file) is nameof(CodCredential) or nameof(BucketDetails);
            Assert.Equal(isOfTheFirstPage ? "CodRetrieve" : $"CodRetrieve.{component}", NamespaceLines().Match(File.ReadAllText(file)).Groups["name"].Value);
        }
    }

    // The checks above are worth what the library finds: each way to depend on a type must count.
    [Theory]
    [InlineData(typeof(UsesInAField))]
    [InlineData(typeof(UsesInABody))]
    [InlineData(typeof(UsesInAnAsyncBody))]
    [InlineData(typeof(UsesAsATypeArgument))]
    [InlineData(typeof(UsesInALambda))]
    [InlineData(typeof(UsesAStaticMethod))]
    [InlineData(typeof(UsesAsABase))]
    public void A_dependency_of_any_kind_is_seen(Type type)
    {
        var types = NetArchTest.Rules.Types.InAssembly(typeof(ArchitectureTests).Assembly).That().HaveName(type.Name);

        Assert.NotEmpty(types.GetTypes());
        Assert.False(types.ShouldNot().HaveDependencyOnAny("CodRetrieve.Tests.Docs.Arrows.Right").GetResult().IsSuccessful);
        Assert.True(types.ShouldNot().HaveDependencyOnAny("CodRetrieve.Tests.Docs.Arrows.Other").GetResult().IsSuccessful);
    }

    [Fact]
    public void The_route_to_a_file_leads_from_type_to_type()
    {
        var route = Steps().Matches(File.ReadAllText(Path.Combine(Repository.Root, Document))).Select(match => match.Groups["file"].Value).ToList();

        Assert.InRange(route.Count, 3, 7);
        Assert.Equal("Job.cs", route[0]);
        Assert.All(route, file => Assert.True(File.Exists(Path.Combine(Source, file)), file));
    }

    private static Types Types() => NetArchTest.Rules.Types.InAssembly(typeof(CodDownload).Assembly);

    private static string Namespace(string component) => $"CodRetrieve.{component}";

    private static void AssertUsesNone(PredicateList types, string[] forbidden)
    {
        Assert.NotEmpty(types.GetTypes());
        var result = types.ShouldNot().HaveDependencyOnAny(forbidden).GetResult();
        Assert.True(result.IsSuccessful, $"{string.Join(", ", result.FailingTypeNames ?? [])} use one of {string.Join(", ", forbidden)}.");
    }

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 5000)]
    private static partial Regex NamespaceLines();

    [GeneratedRegex(@"^\d\. `(?<file>[\w/.]+\.cs)`:", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 5000)]
    private static partial Regex Steps();
}
