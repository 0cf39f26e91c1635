using CodRetrieve.Diagnostics;
using CodRetrieve.Storage;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Transfer;

/// <summary>
/// Finds out whether a tar is the one that the store lists, for the instances that the index has no CRC32C for. That is known only after its
/// last byte, so it comes before anything is saved: see docs/decisions/0009.
/// </summary>
internal sealed class TarVerifier(ObjectReader objects, RequestPermit permit, ILogger logger)
{
    // As often as an index is read that comes damaged.
    private const int Attempts = 3;

    /// <summary>Reads the tar, and hands the CRC32Cs found to the series' work.</summary>
    /// <returns><see langword="null"/> when the tar is accepted; else what to say of each instance that has no CRC32C of its own.</returns>
    /// <exception cref="ObjectStoreException">The tar cannot be read.</exception>
    public async Task<Func<InstanceInfo, Exception>?> VerifyAsync(ITransferTarget target, IReadOnlyList<InstanceInfo> instances, CancellationToken cancellationToken)
    {
        var expected = target.Tar.Crc32c.GetValueOrDefault();
        Log.TarVerifying(logger, target.Series.TarUri, instances.Count);
        for (var attempt = 1; ; attempt++)
        {
            var read = await TarChecksums.ReadAsync(objects, permit, target.Tar, instances, target.AddWireBytes, cancellationToken).ConfigureAwait(false);
            if (read.Crc32c == expected)
            {
                target.Work.AcceptTar(read.InPlace());
                return null;
            }

            Log.TarDamaged(logger, target.Series.TarUri, attempt);
            if (attempt == Attempts)
            {
                return instance => InstanceIntegrityException.CorruptTar(instance, expected, read.Crc32c);
            }
        }
    }
}
