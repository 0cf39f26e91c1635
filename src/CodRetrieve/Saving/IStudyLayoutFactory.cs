namespace CodRetrieve.Saving;

/// <summary>Creates the layout of a directory: what a <see cref="ZipEncryption"/> is inside.</summary>
internal interface IStudyLayoutFactory
{
    /// <summary>Creates the layout.</summary>
    /// <param name="root">The full path of the directory.</param>
    /// <param name="options">How files are written.</param>
    IStudyLayout Create(string root, SavingOptions options);
}
