namespace CodRetrieve.Tests.Support;

/// <summary>The checkout that the tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = Find() ?? throw new DirectoryNotFoundException("The tests do not run below a checkout of the repository.");

    /// <summary>Where it is; <see langword="null"/> where the tests were copied away from it.</summary>
    public static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CodRetrieve.sln")))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
