using CodRetrieve.Tests.Support;
using Xunit.Abstractions;

namespace CodRetrieve.Tests.Reliability.Matrix;

/// <summary>Every fault at every kind of request, into folders and zips, once and without end: docs/reliability.md shows what comes of it.</summary>
[Trait("Duration", "long")]
public sealed class FaultMatrixTests(ITestOutputHelper output)
{
    public static TheoryData<string> Faults => [.. MatrixFaults.All.Select(fault => fault.Name)];

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Faults))]
    public async Task Each_cell_ends_as_documented(string name)
    {
        var fault = MatrixFaults.All.Single(one => one.Name == name);
        var wrong = new List<string>();
        foreach (var place in Enum.GetValues<MatrixPlace>())
        {
            foreach (var (zip, forEver) in new[] { (false, false), (true, false), (false, true), (true, true) })
            {
                var found = await MatrixRun.RunAsync(fault, place, zip, forEver);
                output.WriteLine($"{name} | {place} | {(zip ? "zip" : "folder")} | {(forEver ? "for ever" : "once")} | {found}");
                if (found != fault.Expected(place, forEver))
                {
                    wrong.Add($"{place} {(zip ? "zip" : "folder")} {(forEver ? "for ever" : "once")}: '{found}' instead of '{fault.Expected(place, forEver)}'");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void The_document_shows_the_matrix() => GeneratedText.AssertIsIn("docs/reliability.md", "fault matrix", MatrixTable.Markdown());
}
