namespace CodRetrieve.Testing;

/// <summary>Object names of a COD store, as its writer makes them.</summary>
internal static class CodNames
{
    public const string Metadata = "metadata.json";
    public const string Lock = ".gradient.lock";

    public static string Folder(string prefix) => prefix.Length == 0 || prefix.EndsWith('/') ? prefix : prefix + "/";

    public static string Series(string prefix, string studyUid, string seriesUid) =>
        $"{Folder(prefix)}studies/{studyUid}/series/{seriesUid}";

    public static string Entry(string sopInstanceUid) => $"instances/{sopInstanceUid}.dcm";

    public static bool IsPackedByWriter(string name) => Path.GetFileName(name) is Metadata or Lock;

    public static string ContentType(string name) => Path.GetExtension(name) switch
    {
        ".json" => "application/json",
        ".tar" => "application/x-tar",
        ".log" => "text/plain",
        ".jpg" => "image/jpeg",
        ".mp4" => "video/mp4",
        _ => "application/octet-stream",
    };
}
