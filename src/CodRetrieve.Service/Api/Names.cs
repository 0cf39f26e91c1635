namespace CodRetrieve.Service.Api;

/// <summary>What requests may name.</summary>
internal sealed record Names(IReadOnlyList<string> Stores, IReadOnlyList<string> Destinations);
