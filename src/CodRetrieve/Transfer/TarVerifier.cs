using CodRetrieve.Diagnostics;
using CodRetrieve.Jobs;

namespace CodRetrieve.Transfer;

/// <summary>
/// Finds out whether a tar is the one that the store lists, for the instances that the index has no CRC32C for. That is known only behind its
/// last byte, so that it comes before anything is saved: see docs/decisions/0009.
/// </summary>
internal sealed class TarVerifier(JobContext job)
{
    // As often as an index is read that comes damaged.
    private const int Attempts = 3;

    /// <summary>Reads the tar. What it proves is told to the series' run.</summary>
    /// <returns><see langword="null"/> when the tar is proved; else what to say of each instance that has no CRC32C of its own.</returns>
    /// <exception cref="ObjectStoreException">The tar cannot be read.</exception>
    public async Task<Func<InstanceInfo, Exception>?> VerifyTarAsync(SeriesRun run, IReadOnlyList<InstanceInfo> instances)
    {
        var tar = run.Survey.Content.Listing.Tar!;
        var expected = tar.Crc32c.GetValueOrDefault();
        Log.TarProving(job.Logger, run.Series.TarUri, instances.Count);
        for (var attempt = 1; ; attempt++)
        {
            var read = await TarChecksums.ReadAsync(job.Objects, tar, instances, job.Report.AddBytes, job.Stopping).ConfigureAwait(false);
            if (read.Crc32c == expected)
            {
                run.AcceptTar(read.InPlace());
                return null;
            }

            Log.TarDamaged(job.Logger, run.Series.TarUri, attempt);
            if (attempt == Attempts)
            {
                return instance => InstanceIntegrityException.CorruptTar(instance, expected, read.Crc32c);
            }
        }
    }
}
