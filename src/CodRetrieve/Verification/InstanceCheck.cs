using CodRetrieve.Saving;

namespace CodRetrieve.Verification;

/// <summary>Reads one saved instance back and compares it with what the index says.</summary>
internal static class InstanceCheck
{
    /// <summary>Checks an instance, on the thread of the caller.</summary>
    /// <returns>What is wrong with it, or <see langword="null"/>; and the bytes that were read.</returns>
    public static (VerificationIssue? Finding, long BytesRead) Run(ISavedStudy study, InstanceInfo instance, CancellationToken cancellationToken)
    {
        var bytesRead = 0L;
        try
        {
            using var copy = study.Open(instance);
            if (copy is null)
            {
                return (new VerificationIssue(VerificationIssueKind.Missing, instance, study.LocationOf(instance)), 0);
            }

            if (!FoundFile.HasSizeOf(instance, copy.SizeBytes))
            {
                return (Finding(VerificationIssueKind.WrongSize, copy), 0);
            }

            if (instance.Crc32c is not { } expected)
            {
                return (Finding(VerificationIssueKind.Unverifiable, copy), 0);
            }

            var actual = copy.ComputeCrc32c(ref bytesRead, cancellationToken);
            return (actual == expected && bytesRead == copy.SizeBytes ? null : Finding(VerificationIssueKind.Corrupt, copy, actual), bytesRead);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return (new VerificationIssue(VerificationIssueKind.Unreadable, instance, study.LocationOf(instance)) { Cause = e }, bytesRead);
        }

        VerificationIssue Finding(VerificationIssueKind kind, SavedFile copy, uint? crc32c = null) =>
            new(kind, instance, copy.Location) { ActualSizeBytes = copy.SizeBytes, ActualCrc32c = crc32c };
    }
}
