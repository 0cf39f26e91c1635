using CodRetrieve.Service.Ledger;

namespace CodRetrieve.Service.Pages.Views;

/// <summary>Studies of a request that failed for one reason.</summary>
/// <param name="RequestId">The request.</param>
/// <param name="Reason">The reason.</param>
/// <param name="Count">The number of studies.</param>
/// <param name="Message">The words of one of them; <see langword="null"/> where there are none.</param>
internal sealed record FailureGroup(long RequestId, FailureReason Reason, int Count, string? Message);
