using System.Reflection;
using CodRetrieve.Saving;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CodRetrieve.Tests.Api;

/// <summary>The public surface changes only where a review sees it: it is kept in <c>PublicApi.txt</c> beside each package's project.</summary>
public sealed class PublicSurfaceTests
{
    private const string Update = "UPDATE_PUBLIC_API";

    private static readonly Dictionary<string, Assembly> Packages = new(StringComparer.Ordinal)
    {
        ["CodRetrieve"] = typeof(CodDownload).Assembly,
        ["CodRetrieve.Testing"] = typeof(GcsTestServer).Assembly,
        ["CodRetrieve.DependencyInjection"] = typeof(CodRetrieveServiceCollectionExtensions).Assembly,
    };

    public static TheoryData<string> Names => new(Packages.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_the_one_that_was_reviewed(string package)
    {
        var path = Path.Combine(Repository.Root, "src", package, "PublicApi.txt");
        var now = PublicSurface.Write(Packages[package]);
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            File.WriteAllText(path, now);
        }

        var reviewed = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        Assert.True(
            reviewed == now,
            $"The public surface of {package} has changed. If that is wanted, run the tests once with {Update}=1 and commit {path}.\n{Difference(reviewed, now)}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Has_two_classes_to_derive_from_its_exceptions_and_decorators_of_handlers(string package) =>
        Assert.Equal(
            package == "CodRetrieve" ? [typeof(CodRetrieveException), typeof(DelegatingSaveHandler)] : [],
            Packages[package].GetExportedTypes().Where(type => type is { IsClass: true, IsSealed: false }));

    [Theory]
    [MemberData(nameof(Names))]
    public void Lies_where_users_look_for_it(string package)
    {
        var allowed = package switch
        {
            "CodRetrieve.DependencyInjection" => new[] { "CodRetrieve", "Microsoft.Extensions.DependencyInjection" },
            _ => [package],
        };
        Assert.All(Packages[package].GetExportedTypes(), type => Assert.Contains(type.Namespace, allowed));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Has_no_types_inside_types(string package) =>
        Assert.DoesNotContain(Packages[package].GetExportedTypes(), type => type.IsNested);

    // By type, so that a member that moved is told of as gone from one and new in another.
    private static string Difference(string before, string now)
    {
        var (old, current) = (Lines(before), Lines(now));
        return string.Join('\n', old.Except(current).Select(line => "- " + line).Concat(current.Except(old).Select(line => "+ " + line)));
    }

    private static List<string> Lines(string text)
    {
        var lines = new List<string>();
        var type = "";
        foreach (var line in text.Split('\n').Where(line => line.Length > 0))
        {
            type = line.StartsWith(' ') ? type : line;
            lines.Add(line == type ? line : $"{type.Split(" : ")[0]}: {line.Trim()}");
        }

        return lines;
    }
}
