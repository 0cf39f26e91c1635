using System.Diagnostics;
using System.Globalization;

namespace CodRetrieve.Benchmarks.EndToEnd;

/// <summary>What one run of a process cost, its children included, by the account of the operating system (GNU time).</summary>
internal sealed record Measurement(double WallSeconds, double CpuSeconds, double PeakMegabytes)
{
    public static async Task<Measurement> OfAsync(IReadOnlyList<string> command)
    {
        var account = Path.GetTempFileName();
        try
        {
            using var process = Process.Start(new ProcessStartInfo("/usr/bin/time", ["-o", account, "-f", "%e %U %S %M", .. command]))!;
            await process.WaitForExitAsync();
            var lines = await File.ReadAllLinesAsync(account);
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}.");
            }

            var figures = lines[^1].Split(' ').Select(figure => double.Parse(figure, CultureInfo.InvariantCulture)).ToArray();
            return new Measurement(figures[0], figures[1] + figures[2], figures[3] / 1024);
        }
        finally
        {
            File.Delete(account);
        }
    }
}
