namespace CodRetrieve.Saving;

/// <summary>A whole instance that waits for the zip of its study.</summary>
/// <param name="EntryName">Its entry in the zip.</param>
/// <param name="Path">Its file.</param>
internal sealed record StagedFile(string EntryName, string Path);
