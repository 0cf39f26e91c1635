using CodRetrieve.Cli.Cohorts;

namespace CodRetrieve.Cli.Output;

/// <summary>
/// A report as a table, a row for each instance, written as it happens and never held in memory. A job that came to no good end has a last row without a study
/// that says so: else what is there would look like all.
/// </summary>
internal sealed class InstanceTable(string path, ReportFile file, IInstanceTable table, IReadOnlyList<string> columns, Func<InstanceInfo, string, string?> valueOf) : IInstanceReport
{
    private readonly string?[] _none = new string?[columns.Count];
    private IOException? _failure;

    /// <exception cref="UsageException">A name is empty, given twice, or that of another column.</exception>
    public static void Check(IReadOnlyList<string> columns)
    {
        var known = new HashSet<string>(InstanceRow.Columns, ColumnName.Comparer);
        foreach (var column in columns)
        {
            if (string.IsNullOrWhiteSpace(column) || !known.Add(column))
            {
                throw new UsageException($"--columns has '{PrintableText.Of(column)}', which is empty, given twice or the name of a column that each report has.");
            }
        }
    }

    public void Follow(Job job)
    {
        job.Saved += (_, args) => Write(args.Result.Instance, "saved", args.Result.SizeBytes, args.Result.Crc32c, args.Result.Location);
        job.Skipped += (_, args) => Write(args.Instance, "skipped", args.Instance.SizeBytes, args.Instance.Crc32c, args.Location);
        job.Error += (_, args) => Write(args.Failure);
    }

    public async Task CompleteAsync(JobResult? result, Exception? cause)
    {
        foreach (var study in result?.MissingStudies ?? [])
        {
            Write(new InstanceRow(study, null, null, "missing", null, null, null, "it does not exist in the store"), _none);
        }

        var outcome = DownloadReport.OutcomeOf(result, cause);
        if (outcome is not (JobOutcome.Complete or JobOutcome.Incomplete))
        {
            Write(new InstanceRow(null, null, null, Json.NameOf(outcome), null, null, null, cause is null ? null : ErrorText.Text(cause)), _none);
        }

        try
        {
            if (_failure is not null)
            {
                throw _failure;
            }

            await table.CompleteAsync().ConfigureAwait(false);
            file.Complete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ReportFile.CannotBeWritten(path, InstanceReports.What, e);
        }
    }

    public void Dispose() => file.Dispose();

    private void Write(InstanceInfo instance, string outcome, long? sizeBytes, uint? crc32c, string? location)
    {
        var row = new InstanceRow(
            instance.Series.StudyInstanceUid, instance.Series.SeriesInstanceUid, instance.SopInstanceUid, outcome, sizeBytes, Crc32cText.Of(crc32c), location, null);
        Write(row, columns.Count == 0 ? _none : [.. columns.Select(column => valueOf(instance, column))]);
    }

    private void Write(RetrievalFailure failure)
    {
        // What stops the job as a whole is the last row.
        if (failure.StudyInstanceUid is { } study)
        {
            Write(new InstanceRow(study, failure.SeriesInstanceUid, failure.SopInstanceUid, "failed", failure.SizeBytes, null, null, failure.Exception.Message), _none);
        }
    }

    private void Write(InstanceRow row, IReadOnlyList<string?> attributes)
    {
        if (_failure is not null)
        {
            return;
        }

        try
        {
            table.Add(row, attributes);
        }
        catch (IOException e)
        {
            // The download goes on; that the report failed is reported at the end.
            _failure = e;
        }
    }
}
