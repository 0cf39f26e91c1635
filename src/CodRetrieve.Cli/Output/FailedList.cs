namespace CodRetrieve.Cli.Output;

/// <summary>The file of <c>--failed-list</c>: the studies that are to be asked for again, as a list of studies, each below the reason why.</summary>
internal sealed class FailedList : IDisposable
{
    private const string What = "The list of failed studies";

    private readonly string _path;
    private readonly ReportFile _file;

    private FailedList(string path, ReportFile file) => (_path, _file) = (path, file);

    /// <exception cref="DestinationException">It cannot be written there.</exception>
    public static FailedList Create(string path) => new(path, ReportFile.Create(path, What));

    /// <summary>Writes it, and gives the file its name.</summary>
    /// <param name="studies">The studies that were asked for.</param>
    /// <param name="result">What became of them; <see langword="null"/> where that is not known.</param>
    /// <exception cref="DestinationException">It cannot be written.</exception>
    public void Complete(IReadOnlyList<string> studies, JobResult? result)
    {
        try
        {
            using (var writer = new StreamWriter(_file.Stream, leaveOpen: true))
            {
                foreach (var (study, reason) in FailedOf(studies, result))
                {
                    writer.Write($"# {PrintableText.Of(reason)}\n{study}\n");
                }
            }

            _file.Complete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ReportFile.CannotBeWritten(_path, What, e);
        }
    }

    public void Dispose() => _file.Dispose();

    private static IEnumerable<(string Study, string Reason)> FailedOf(IReadOnlyList<string> studies, JobResult? result)
    {
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var failure in result?.Failures ?? [])
        {
            reasons.TryAdd(failure.StudyInstanceUid ?? "", failure.ToString());
        }

        foreach (var study in result?.MissingStudies ?? [])
        {
            reasons.TryAdd(study, "it does not exist in the store");
        }

        foreach (var study in result?.BusyStudies ?? [])
        {
            reasons.TryAdd(study, "another process was saving it");
        }

        var completed = result?.CompletedStudies.ToHashSet(StringComparer.Ordinal) ?? [];
        return studies.Where(study => !completed.Contains(study)).Select(study => (study, reasons.GetValueOrDefault(study, "the run ended before it was complete")));
    }
}
