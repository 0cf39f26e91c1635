namespace CodRetrieve.Saving;

/// <summary>Where in a directory an instance is.</summary>
internal enum SavedPlace
{
    /// <summary>A file of its own.</summary>
    Folder,

    /// <summary>A file that waits for the zip of its study.</summary>
    Staging,

    /// <summary>An entry in the zip of its study.</summary>
    Zip,
}
