using CodRetrieve.Catalog;

namespace CodRetrieve.Saving;

/// <summary>Checks UIDs that become names of files, whoever calls a handler with them.</summary>
internal static class SafeName
{
    /// <exception cref="ArgumentException">The UID cannot be the name of a file.</exception>
    public static string Validate(string uid) => SafeUid.IsSafe(uid)
        ? uid
        : throw new ArgumentException("The UID holds characters that no file name may have.", nameof(uid));
}
