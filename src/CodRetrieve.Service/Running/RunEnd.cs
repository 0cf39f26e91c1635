using CodRetrieve.Service.Ledger;

namespace CodRetrieve.Service.Running;

/// <summary>How a run ended.</summary>
/// <param name="Outcome">How; <see cref="AttemptOutcome.Completed"/> and <see cref="AttemptOutcome.Deferred"/> alike where studies are left: the ledger knows.</param>
/// <param name="HasFailed">Whether it counts as a failed run, after which the next one waits.</param>
/// <param name="BytesReceived">What it received.</param>
/// <param name="BytesSaved">What of that is at the destination.</param>
/// <param name="Message">Why it failed, in words without a secret.</param>
internal sealed record RunEnd(AttemptOutcome Outcome, bool HasFailed, long BytesReceived, long BytesSaved, string? Message);
