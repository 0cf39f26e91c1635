namespace CodRetrieve;

/// <summary>Where a saved instance is.</summary>
/// <param name="Location">A path or another name for people; with the zip handler, the path of the zip and of the entry in it.</param>
/// <param name="SizeBytes">The number of bytes saved.</param>
public sealed record SavedInstance(string Location, long SizeBytes);
