using System.Globalization;

namespace CodRetrieve.Benchmarks.EndToEnd;

/// <summary>Writes measurements as a table of medians, with the spread behind them.</summary>
internal static class Report
{
    public static void Write(string title, IReadOnlyList<(string Name, List<Measurement> Runs)> results)
    {
        Console.WriteLine();
        Console.WriteLine($"### {title}");
        Console.WriteLine();
        Console.WriteLine("| contender | wall s | CPU s | peak MiB | wall : last |");
        Console.WriteLine("|---|---|---|---|---|");
        var last = Median(results[^1].Runs, run => run.WallSeconds);
        foreach (var (name, runs) in results)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {Spread(runs, run => run.WallSeconds)} | {Spread(runs, run => run.CpuSeconds)} | {Median(runs, run => run.PeakMegabytes):0} | {Median(runs, run => run.WallSeconds) / last:0.00} |"));
        }
    }

    public static double Median(IReadOnlyList<Measurement> runs, Func<Measurement, double> figure)
    {
        var sorted = runs.Select(figure).Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    private static string Spread(IReadOnlyList<Measurement> runs, Func<Measurement, double> figure) =>
        string.Create(CultureInfo.InvariantCulture, $"{Median(runs, figure):0.00} ({runs.Min(figure):0.00}–{runs.Max(figure):0.00})");
}
