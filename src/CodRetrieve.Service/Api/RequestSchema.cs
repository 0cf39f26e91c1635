using CodRetrieve.Service.Requests;

namespace CodRetrieve.Service.Api;

/// <summary>The body of a new request, for the OpenAPI document; it is read while it arrives, and never as this.</summary>
internal sealed record RequestSchema(
    string Store, string Destination, IReadOnlyList<string> Studies, SelectionModel? Selection = null, int Priority = 0, int? MaxShards = null);
