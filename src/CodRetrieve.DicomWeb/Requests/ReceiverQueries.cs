using System.Globalization;
using System.Net.Http.Headers;

namespace CodRetrieve.DicomWeb;

/// <summary>Asks a receiver what it has (QIDO-RS; PS3.18, 10.6). Safe for use by several threads.</summary>
internal sealed class ReceiverQueries(ReceiverClient client)
{
    private const int PageSize = 1000;
    private const int MaxPages = 2000;

    /// <summary>Returns where a receiver has an instance; <see langword="null"/> where it has none, or cannot be asked.</summary>
    /// <exception cref="ReceiverUnavailableException">There is no response.</exception>
    public async Task<InstancePlace?> FindAsync(string sopInstanceUid, CancellationToken cancellationToken)
    {
        var response = await GetAsync($"instances?SOPInstanceUID={sopInstanceUid}&includefield=0020000D&includefield=0020000E", cancellationToken).ConfigureAwait(false);

        // A receiver that ignores the condition lists others.
        return response.Status != 200 ? null : JsonListing.Datasets(response.Body)
            .Where(dataset => JsonListing.Text(dataset, "00080018") == sopInstanceUid)
            .Select(static dataset => new InstancePlace(JsonListing.Text(dataset, "0020000D"), JsonListing.Text(dataset, "0020000E")))
            .FirstOrDefault();
    }

    /// <summary>Returns the SOP Instance UIDs that a receiver has of a series: first their number, and where there are any, which.</summary>
    /// <exception cref="ReceiverUnavailableException">There is no response.</exception>
    public async Task<IReadOnlySet<string>> ListAsync(SeriesInfo series, CancellationToken cancellationToken)
    {
        var uids = new HashSet<string>(StringComparer.Ordinal);
        var counts = await GetAsync($"studies/{series.StudyInstanceUid}/series?SeriesInstanceUID={series.SeriesInstanceUid}&includefield=00201209", cancellationToken).ConfigureAwait(false);
        var found = counts.Status == 200 ? JsonListing.Datasets(counts.Body) : [];
        if (counts.Status is 204 or 404 || (counts.Status == 200 && !found.Any(one => JsonListing.Text(one, "0020000E") == series.SeriesInstanceUid)))
        {
            return uids;
        }

        for (var page = 0; page < MaxPages; page++)
        {
            var response = await GetAsync(
                string.Create(CultureInfo.InvariantCulture, $"studies/{series.StudyInstanceUid}/series/{series.SeriesInstanceUid}/instances?limit={PageSize}&offset={uids.Count}"),
                cancellationToken).ConfigureAwait(false);
            var listed = response.Status == 200 ? JsonListing.Datasets(response.Body).Select(static one => JsonListing.Text(one, "00080018")).OfType<string>().ToList() : [];
            var before = uids.Count;
            uids.UnionWith(listed);

            // A page may be shorter than was asked for; one that ignores "offset" gives the same for ever.
            if (listed.Count == 0 || uids.Count == before)
            {
                break;
            }
        }

        return uids;
    }

    private async Task<ReceiverResponse> GetAsync(string target, CancellationToken cancellationToken)
    {
        var response = await client.SendAsync(
            _ => new HttpRequestMessage(HttpMethod.Get, client.Url(target)) { Headers = { Accept = { new MediaTypeWithQualityHeaderValue("application/dicom+json") } } },
            cancellationToken).ConfigureAwait(false);
        return response.IsBusy
            ? throw new ReceiverUnavailableException($"{client.Name}: the search for instances got HTTP {response.Status}.", null) { RetryAfter = response.RetryAfter }
            : response;
    }
}
