using CodRetrieve.Service.Ledger;

namespace CodRetrieve.Service.Requests;

/// <summary>Which requests are listed, the newest first.</summary>
internal sealed record RequestQuery(RequestState? State = null, string? Store = null, string? Destination = null, string? CreatedBy = null, string? After = null, int Size = 50);
