using CodRetrieve.Saving;

namespace CodRetrieve.Verification;

/// <summary>Reads one saved instance back and compares it with what the index says; or, where a transform made it of that, with its receipt.</summary>
internal static class InstanceCheck
{
    /// <summary>Checks an instance, on the thread of the caller.</summary>
    /// <param name="study">What is saved of its study.</param>
    /// <param name="listed">The instance, as the index lists it.</param>
    /// <param name="receipt">What is known to be saved of it.</param>
    /// <param name="transform">The number of the transform that it should be made by; <see langword="null"/> for whichever it was.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>What is wrong with it, or <see langword="null"/>; and the bytes that were read.</returns>
    public static (VerificationIssue? Finding, long BytesRead) Run(ISavedStudy study, InstanceInfo listed, in Receipt? receipt, ulong? transform, CancellationToken cancellationToken)
    {
        var bytesRead = 0L;
        var expectation = ExpectedInstance.Of(listed, receipt, transform);
        var instance = expectation ?? listed;
        try
        {
            using var copy = study.Open(instance);
            if (copy is null)
            {
                return (new VerificationIssue(VerificationIssueKind.Missing, instance, study.LocationOf(instance)), 0);
            }

            if (expectation is null)
            {
                return (Finding(VerificationIssueKind.Outdated, copy), 0);
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
