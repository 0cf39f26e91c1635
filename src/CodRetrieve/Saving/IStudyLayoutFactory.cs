namespace CodRetrieve.Saving;

/// <summary>Creates the layout of a directory: what a <see cref="ZipEncryption"/> is inside.</summary>
internal interface IStudyLayoutFactory
{
    /// <summary>Creates the layout.</summary>
    /// <param name="root">The full path of the directory.</param>
    /// <param name="options">How files are written.</param>
    /// <param name="places">Where instances are; <see langword="null"/> for the default layout.</param>
    IStudyLayout Create(string root, SavingOptions options, InstancePlaces? places);
}
