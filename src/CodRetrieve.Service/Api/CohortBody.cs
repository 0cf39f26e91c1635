using System.Globalization;
using CodRetrieve.Cli;
using CodRetrieve.Cli.Cohorts;
using CodRetrieve.Service.Requests;
using Microsoft.Net.Http.Headers;

namespace CodRetrieve.Service.Api;

/// <summary>Reads a new request whose body is a cohort; the rest of it is in the query. The content types are none that a page of another site may send by a form.</summary>
internal static class CohortBody
{
    public static string[] Types => ["text/csv", "application/jsonl", "application/x-ndjson", "application/vnd.apache.parquet"];

    public static bool IsCohort(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && Types.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase);

    /// <exception cref="RequestRefusedException">It is no cohort of studies, or the query makes no sense.</exception>
    public static async Task<NewRequest> ReadAsync(HttpRequest request, StudySpool studies, CancellationToken cancellationToken)
    {
        var query = request.Query;
        string? Text(string name) => query[name] is { Count: > 0 } values ? values[0] : null;
        int? Number(string name) => Text(name) is not { } text ? null
            : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : throw new RequestRefusedException(RefusalKind.Invalid, $"{name} is no number.");
        if (Text("store") is not { } store || Text("destination") is not { } destination)
        {
            throw new RequestRefusedException(RefusalKind.Invalid, "With a cohort, the query needs the name of a store and the name of a destination: ?store=…&destination=….");
        }

        await ReadAsync(request.Body, studies, cancellationToken);
        return new NewRequest(store, destination, Text("where") is { } where ? new SelectionModel(where) : null, Number("priority") ?? 0, Number("maxShards"));
    }

    /// <summary>Reads a cohort into a spool.</summary>
    /// <exception cref="RequestRefusedException">It is no cohort of studies.</exception>
    public static async Task ReadAsync(Stream body, StudySpool studies, CancellationToken cancellationToken)
    {
        try
        {
            // It is read twice: once to find all that is wrong with it.
            var source = new CohortSource("cohort", await CopyAsync(body, cancellationToken));
            await using var cohort = await Cohort.OpenAsync(source, CohortScope.All, [], cancellationToken);
            if (cohort.HasSeries || cohort.HasInstances || cohort.HasRowsWithoutStudy)
            {
                throw new RequestRefusedException(RefusalKind.Invalid, "The cohort names series or instances. Give one with studies only, and the series or instances as the selection of a request in JSON.");
            }

            await foreach (var row in cohort.RowsAsync(cancellationToken))
            {
                studies.Add(row.Study!);
            }
        }
        catch (UsageException e)
        {
            throw new RequestRefusedException(RefusalKind.Invalid, e.Message, e);
        }
    }

    private static async Task<FileStream> CopyAsync(Stream body, CancellationToken cancellationToken)
    {
        var file = TemporaryFile.Create();
        try
        {
            await body.CopyToAsync(file, cancellationToken);
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }
}
