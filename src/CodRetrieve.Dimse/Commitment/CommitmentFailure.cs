using System.Globalization;

namespace CodRetrieve.Dimse;

/// <summary>The message about instances that are not committed.</summary>
internal static class CommitmentFailure
{
    public static DimseException Of(string archive, string study, int total, IReadOnlyDictionary<string, int?> failures, StorageCommitmentOptions options)
    {
        var reasons = failures.Values.GroupBy(static reason => reason).OrderByDescending(static group => group.Count()).Select(group => $"{group.Count()} × {Words(group.Key, options)}");
        var isUnreported = failures.Values.All(static reason => reason is null);
        return new DimseException(string.Create(
            CultureInfo.InvariantCulture,
            $"Study {study}: {failures.Count} of {total} instances were not committed by {archive}: {string.Join(", ", reasons)}. {(isUnreported ? Unreported(options) : "Look in the log of the archive, and run again: what was refused is sent again.")}"))
        {
            Outcome = DimseDeliveryOutcome.NotCommitted,
            Status = failures.Values.FirstOrDefault(static reason => reason is not null),
        };
    }

    private static string Words(int? reason, StorageCommitmentOptions options) => reason is { } code
        ? StorageCommitmentModel.Describe(code)
        : string.Create(CultureInfo.InvariantCulture, $"no report within {options.Timeout.TotalSeconds:0} s (Timeout)");

    private static string Unreported(StorageCommitmentOptions options) => options.ListenPort is { } port
        ? string.Create(CultureInfo.InvariantCulture, $"Check that the archive has this machine's address and port {port} for the calling AE title, and that no firewall is between. Run again: what was stored is asked for again, and not sent.")
        : "The archive ended the association, or did not report on it: give the port that it has for the calling AE title (ListenPort). Run again: what was stored is asked for again, and not sent.";
}
