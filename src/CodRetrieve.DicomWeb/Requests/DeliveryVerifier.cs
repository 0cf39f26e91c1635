using System.Net.Http.Headers;

namespace CodRetrieve.DicomWeb;

/// <summary>Looks at a receiver whether it has what it acknowledged. Safe for use by several threads.</summary>
internal sealed class DeliveryVerifier(ReceiverClient client, ReceiverQueries queries, OutageClock outage, StowSaveHandlerOptions options)
{
    /// <exception cref="DeliveryException">The receiver does not have it, or has other bytes.</exception>
    /// <exception cref="DestinationException">The receiver has been down for longer than is waited.</exception>
    public async Task VerifyAsync(Outgoing instance, DeliveryVerification verification, CancellationToken cancellationToken)
    {
        if (verification == DeliveryVerification.None)
        {
            return;
        }

        // Some receivers index what they stored a moment later.
        InstancePlace? place = null;
        for (var attempt = 1; attempt <= options.MaxAttempts && place is null; attempt++)
        {
            if (attempt > 1)
            {
                await Task.Delay(outage.Backoff(attempt - 1), options.TimeProvider, cancellationToken).ConfigureAwait(false);
            }

            place = await outage.RetryAsync(client.Name, () => queries.FindAsync(instance.SopInstanceUid, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        if (place is null || (verification == DeliveryVerification.Bytes && !place.IsComplete))
        {
            throw DeliveryFailures.NotFound(instance, client.Name);
        }

        if (verification == DeliveryVerification.Bytes)
        {
            var found = await outage.RetryAsync(client.Name, () => client.SendAsync(_ => Request(instance, place), RetrievedBytes.ReadAsync, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (found != (instance.SizeBytes, instance.Crc32c))
            {
                throw DeliveryFailures.DifferentBytes(
                    instance, client.Name, found is { } read ? $"has {read.SizeBytes} bytes that are not the {instance.SizeBytes} sent" : "does not give it back whole by WADO-RS");
            }
        }
    }

    private HttpRequestMessage Request(Outgoing instance, InstancePlace place)
    {
        var url = client.Url($"studies/{place.StudyInstanceUid}/series/{place.SeriesInstanceUid}/instances/{instance.SopInstanceUid}");
        var accept = MediaTypeWithQualityHeaderValue.Parse("multipart/related; type=\"application/dicom\"; transfer-syntax=*");
        return new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Accept = { accept } } };
    }
}
