namespace CodRetrieve.Storage;

/// <summary>One page of a listing.</summary>
/// <param name="Items">The objects.</param>
/// <param name="Prefixes">Common prefixes, where the store folded names at a slash; usually empty.</param>
/// <param name="NextPageToken">What to ask the next page with; <see langword="null"/> on the last page.</param>
public sealed record ObjectListPage(IReadOnlyList<ObjectInfo> Items, IReadOnlyList<string> Prefixes, string? NextPageToken);
