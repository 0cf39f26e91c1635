using System.Text.RegularExpressions;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Docs;

/// <summary>Each room of the library knows only those that <c>docs/architecture.md</c> allows it.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Source = Path.Combine(Repository.Root, "src", "CodRetrieve");

    private static IReadOnlyList<IReadOnlyList<string>> Table => DocTable.Rows(Repository.Root, "docs/architecture.md", "## Rooms");

    private static IEnumerable<string> RoomsOfTable => Table.Select(row => DocTable.Code(row[0]).Single());

    public static TheoryData<string> Rooms => new(RoomsOfTable);

    [Fact]
    public void Every_folder_with_code_is_a_room()
    {
        var folders = Directory.EnumerateDirectories(Source)
            .Where(folder => Path.GetFileName(folder) is not "bin" and not "obj" && Directory.EnumerateFiles(folder, "*.cs").Any())
            .Select(folder => Path.GetFileName(folder)!);

        Assert.Equal(folders.Order(StringComparer.Ordinal), RoomsOfTable.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_uses_no_other_than_it_may_know(string room)
    {
        var allowed = DocTable.Code(Table.Single(row => DocTable.Code(row[0]).Single() == room)[2]).Append(room).ToList();
        var files = Directory.EnumerateFiles(Path.Combine(Source, room), "*.cs").ToList();

        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            // In usings and in full names; comments may speak of anything.
            var code = string.Join('\n', File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));
            var used = RoomNames().Matches(code).Select(match => match.Groups["room"].Value).Distinct().Where(name => Directory.Exists(Path.Combine(Source, name)));
            Assert.True(!used.Except(allowed).Any(), $"{room}/{Path.GetFileName(file)} uses {string.Join(", ", used.Except(allowed))}.");
        }
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_has_its_namespace_or_that_of_the_library(string room)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Source, room), "*.cs"))
        {
            Assert.Contains(NamespaceLines().Match(File.ReadAllText(file)).Groups["name"].Value, new[] { "CodRetrieve", $"CodRetrieve.{room}" });
        }
    }

    [GeneratedRegex(@"\bCodRetrieve\.(?<room>\w+)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex RoomNames();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 5000)]
    private static partial Regex NamespaceLines();
}
