using ICSharpCode.SharpZipLib.Zip;

namespace CodRetrieve.Tests.SharpZipLib;

/// <summary>Reads zips with a password.</summary>
internal static class EncryptedZips
{
    public const string Password = "correct horse bättery";

    public static byte[] Read(string path, string password, string entryName)
    {
        using var zip = new ZipFile(path) { Password = password };
        using var entry = zip.GetInputStream(zip.GetEntry(entryName));
        using var bytes = new MemoryStream();
        entry.CopyTo(bytes);
        return bytes.ToArray();
    }

    public static List<string> Names(string path)
    {
        using var zip = new ZipFile(path);
        return [.. zip.Cast<ZipEntry>().Select(entry => entry.Name)];
    }
}
