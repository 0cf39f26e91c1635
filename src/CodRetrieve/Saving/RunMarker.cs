using CodRetrieve.Catalog;

namespace CodRetrieve.Saving;

/// <summary>
/// The studies that a run works on, in a file that a run which ends cleanly deletes: so the next one knows where a dead run may have
/// left unfinished files, without looking through the whole directory.
/// </summary>
internal static class RunMarker
{
    /// <summary>The studies of a run that died; none if the last one ended cleanly.</summary>
    public static async ValueTask<IReadOnlyList<string>> ReadAsync(string directory, CancellationToken cancellationToken)
    {
        try
        {
            var studies = new List<string>();
            await foreach (var line in File.ReadLinesAsync(StatePaths.RunMarker(directory), cancellationToken).ConfigureAwait(false))
            {
                // Anyone may have written the file, and each line becomes a path.
                if (SafeUid.IsSafe(line))
                {
                    studies.Add(line);
                }
            }

            return studies;
        }
        catch (FileNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Records the studies of a new run.</summary>
    public static Task WriteAsync(string directory, IReadOnlyCollection<string> studyInstanceUids, CancellationToken cancellationToken) =>
        File.WriteAllLinesAsync(StatePaths.RunMarker(directory), studyInstanceUids, cancellationToken);

    /// <summary>Tells that the run ended cleanly.</summary>
    public static void Delete(string directory, SavingOptions options)
    {
        var path = StatePaths.RunMarker(directory);
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SavingLogMessages.RunRecordNotDeleted(options.Logger, e, path);
        }
    }
}
