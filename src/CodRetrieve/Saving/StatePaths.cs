namespace CodRetrieve.Saving;

/// <summary>The names in <c>{directory}/.codretrieve</c>, where a destination keeps what is not for the user.</summary>
internal static class StatePaths
{
    /// <summary>The folder itself. No UID may begin with a dot, so no study can have this name.</summary>
    public static string In(string directory) => Path.Combine(directory, ".codretrieve");

    /// <summary>The file that is locked as long as a process saves into the directory.</summary>
    public static string LockFile(string directory) => Path.Combine(In(directory), "lock");

    /// <summary>The file that names the studies of a run which has not ended cleanly.</summary>
    public static string RunMarker(string directory) => Path.Combine(In(directory), "running");

    /// <summary>Where instances wait until the zip of their study is written.</summary>
    public static string Staging(string directory) => Path.Combine(In(directory), "staging");
}
