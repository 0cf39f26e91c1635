using System.Text.Json;

namespace CodRetrieve.Cli.Output;

/// <summary>
/// The file of <c>--report</c> as JSON: what became of each instance, written as it happens and never held in memory. It is written beside its
/// name and renamed when it is whole.
/// </summary>
internal sealed class InstanceReport : IInstanceReport
{
    private const int FlushBytes = 1 << 16;

    private readonly string _path;
    private readonly ReportFile _file;
    private readonly Utf8JsonWriter _json;
    private IOException? _failure;

    private InstanceReport(string path, ReportFile file)
    {
        (_path, _file) = (path, file);
        _json = new Utf8JsonWriter(file.Stream, new JsonWriterOptions { Indented = true });
        _json.WriteStartObject();
        _json.WriteStartArray("instances");
    }

    /// <summary>Begins a report, in a folder that is made if need be.</summary>
    /// <exception cref="DestinationException">It cannot be written there.</exception>
    public static InstanceReport Create(string path) => new(path, ReportFile.Create(path, InstanceReports.What));

    public void Follow(Job job)
    {
        job.Saved += (_, args) => Write(json => WriteSaved(json, args));
        job.Error += (_, args) => Write(json => WriteFailure(json, args.Failure));
    }

    public Task CompleteAsync(JobResult? result, Exception? cause)
    {
        Write(json => WriteEnd(json, result, cause));
        try
        {
            if (_failure is not null)
            {
                throw _failure;
            }

            _json.Flush();
            _file.Complete();
            return Task.CompletedTask;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ReportFile.CannotBeWritten(_path, InstanceReports.What, e);
        }
    }

    public void Dispose()
    {
        // Closing the writer would write once more, into a file that may be full or closed.
        _json.Reset(Stream.Null);
        _json.Dispose();
        _file.Dispose();
    }

    private static void WriteSaved(Utf8JsonWriter json, InstanceSavedEventArgs args)
    {
        var series = args.Result.Instance.Series;
        Begin(json, series.StudyInstanceUid, series.SeriesInstanceUid, args.Result.Instance.SopInstanceUid, "saved");
        json.WriteNumber("bytes", args.Result.SizeBytes);
        Text(json, "crc32c", Crc32cText.Of(args.Result.Crc32c));
        json.WriteString("path", args.Result.Location);
        json.WriteEndObject();
    }

    private static void WriteFailure(Utf8JsonWriter json, RetrievalFailure failure)
    {
        // What stops the job as a whole is the "error" at the end.
        if (failure.StudyInstanceUid is null)
        {
            return;
        }

        Begin(json, failure.StudyInstanceUid, failure.SeriesInstanceUid, failure.SopInstanceUid, "failed");
        if (failure.SopInstanceUid is null)
        {
            json.WriteNumber("instances", failure.InstanceCount);
        }

        if (failure.SizeBytes is { } bytes)
        {
            json.WriteNumber("bytes", bytes);
        }

        json.WriteString("error", failure.Exception.Message);
        json.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter json, string study, string? series, string? sop, string outcome)
    {
        json.WriteStartObject();
        json.WriteString("study", study);
        Text(json, "series", series);
        Text(json, "sop", sop);
        json.WriteString("outcome", outcome);
    }

    private static void WriteEnd(Utf8JsonWriter json, JobResult? result, Exception? cause)
    {
        json.WriteEndArray();
        json.WriteStartArray("series");
        foreach (var series in result?.Series ?? [])
        {
            Begin(json, series.StudyInstanceUid, series.SeriesInstanceUid, sop: null, Json.NameOf(series.Outcome));
            json.WriteNumber("saved", series.InstancesSaved);
            json.WriteNumber("updated", series.InstancesUpdated);
            json.WriteNumber("skipped", series.InstancesSkipped);
            json.WriteNumber("adopted", series.InstancesAdopted);
            json.WriteNumber("failed", series.InstancesFailed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("missingStudies");
        foreach (var study in result?.MissingStudies ?? [])
        {
            json.WriteStringValue(study);
        }

        json.WriteEndArray();
        json.WriteString("outcome", Json.NameOf(DownloadReport.OutcomeOf(result, cause)));
        Text(json, "error", cause is null ? null : ErrorText.Text(cause));
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private void Write(Action<Utf8JsonWriter> write)
    {
        if (_failure is not null)
        {
            return;
        }

        try
        {
            write(_json);
            if (_json.BytesPending >= FlushBytes)
            {
                _json.Flush();
            }
        }
        catch (IOException e)
        {
            // The download goes on; that the report failed is reported at the end.
            _failure = e;
        }
    }
}
