using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>The names in <c>{directory}/.codretrieve</c>, where a handler keeps what is not for the user.</summary>
internal static class StatePaths
{
    /// <summary>The folder itself. No UID may begin with a dot, so no study can have this name.</summary>
    public static string In(string directory) => Path.Combine(directory, ".codretrieve");

    /// <summary>The folder of the marker that each run keeps locked until it ends.</summary>
    public static string Runs(string directory) => Path.Combine(In(directory), "runs");

    /// <summary>The marker of a run.</summary>
    public static string Run(string directory, string owner) => Path.Combine(Runs(directory), owner);

    /// <summary>The file that is locked as long as a job saves into a study.</summary>
    public static string StudyLock(string directory, string studyInstanceUid) =>
        Path.Combine(In(directory), "locks", SafeName.Validate(studyInstanceUid));

    /// <summary>The file of what is known to be saved of a study.</summary>
    public static string Receipts(string directory, string studyInstanceUid) =>
        Path.Combine(In(directory), "studies", SafeName.Validate(studyInstanceUid));

    /// <summary>The file of where the instances of a study are, in a layout of the user's.</summary>
    public static string Places(string directory, string studyInstanceUid) =>
        Path.Combine(In(directory), "places", SafeName.Validate(studyInstanceUid));

    /// <summary>The file that names the layout of the directory.</summary>
    public static string Layout(string directory) => Path.Combine(In(directory), "layout");

    /// <summary>The file that names the transforms by which instances were made.</summary>
    public static string Transforms(string directory) => Path.Combine(In(directory), "transforms");

    /// <summary>The file that is locked while <c>log.json</c> is written.</summary>
    public static string LogLock(string directory) => Path.Combine(In(directory), "locks", ".log.json");

    /// <summary>Creates the folders that every run needs, and refuses links in their place.</summary>
    /// <exception cref="DestinationException">There is a link.</exception>
    /// <exception cref="IOException">They cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">They may not be created.</exception>
    public static void Create(string directory)
    {
        foreach (var folder in new[] { In(directory), Runs(directory), Path.Combine(In(directory), "locks"), Path.Combine(In(directory), "studies"), Path.Combine(In(directory), "places") })
        {
            if (SymbolicLink.Is(folder))
            {
                throw new DestinationException(
                    DestinationFailure.NotWritable, $"{folder} is a symbolic link, which is not followed. Remove it; nothing of value is lost.");
            }

            Directory.CreateDirectory(folder);
        }
    }
}
