using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>
/// What earlier versions left of a study: instances as files below <c>.codretrieve/staging</c>, which nothing vouches for. They are not used; they are
/// deleted when the zip of their study is complete.
/// </summary>
internal static class OldStaging
{
    /// <summary>Deletes what there is of a study. Links are not followed.</summary>
    public static void Delete(string root, string studyInstanceUid, SavingOptions options)
    {
        var folder = Path.Combine(StatePaths.Staging(root), SafeName.Validate(studyInstanceUid));
        try
        {
            if (Directory.Exists(folder))
            {
                SymbolicLink.ThrowIfBelow(root, folder);
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SavingLogMessages.StagingNotDeleted(options.Logger, e, folder);
        }
    }
}
