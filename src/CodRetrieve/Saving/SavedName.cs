namespace CodRetrieve.Saving;

/// <summary>A file of a study, or an entry of its zip.</summary>
/// <param name="Name">Its name below the study, with slashes.</param>
/// <param name="Location">Where it is.</param>
internal readonly record struct SavedName(string Name, string Location);
