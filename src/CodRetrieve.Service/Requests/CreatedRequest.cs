namespace CodRetrieve.Service.Requests;

/// <summary>A request that was accepted.</summary>
/// <param name="Request">The request.</param>
/// <param name="IsNew"><see langword="false"/> where the idempotency key had been used for the same before: then it is that request.</param>
internal sealed record CreatedRequest(RequestDetails Request, bool IsNew);
