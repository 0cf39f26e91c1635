using System.Text;
using ICSharpCode.SharpZipLib.Tar;

namespace CodRetrieve.Benchmarks.EndToEnd;

/// <summary>The straightforward way: each tar whole into memory, its entries to files, four series at a time, nothing checked.</summary>
internal static class SimpleProgram
{
    public static async Task RunAsync(string urls, string output)
    {
        using var http = new HttpClient();
        var lines = (await File.ReadAllLinesAsync(urls)).Select(line => line.Split(' '));
        await Parallel.ForEachAsync(lines, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (line, ct) =>
        {
            var tar = await http.GetByteArrayAsync(line[1], ct);
            var folder = Path.Combine(output, line[0]);
            await using var entries = new TarInputStream(new MemoryStream(tar), Encoding.UTF8);
            while (entries.GetNextEntry() is { } entry)
            {
                var path = Path.Combine(folder, entry.Name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await using var file = File.Create(path);
                entries.CopyEntryContents(file);
            }
        });
    }
}
