namespace CodRetrieve.Saving;

/// <summary>What another tool noted of an entry that is carried over.</summary>
/// <param name="External">The attributes of its file.</param>
/// <param name="Comment">Its comment.</param>
internal sealed record ZipAttributes(uint External, string Comment);
