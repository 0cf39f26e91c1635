using System.Globalization;
using System.Text;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>
/// The file of a study's places, <c>.codretrieve/places/{study}</c>: a line with the layout, then one for each instance that was saved or removed, with a checksum. Lines are only ever
/// added; the last one of an instance counts, and a damaged one is passed over.
/// </summary>
internal static class PlacesFile
{
    private const string Header = "CodRetrieve places 1";

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="layout">The layout that it is of; <see langword="null"/> where there is no file.</param>
    /// <returns>The places of instances, by their names.</returns>
    /// <exception cref="IOException">It cannot be read, or is a link.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static Dictionary<string, string> Read(string path, out string? layout)
    {
        layout = null;
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!File.Exists(path))
        {
            return places;
        }

        if (SymbolicLink.Is(path))
        {
            throw new IOException($"{path} is a symbolic link, which is not followed. Remove it.");
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if (line.Split('\t') is not [var key, var value, var checksum] || checksum != ChecksumOf(key, value))
            {
                continue;
            }

            if (key == Header)
            {
                layout = value;
            }
            else if (value.Length == 0)
            {
                places.Remove(key);
            }
            else
            {
                places[key] = value;
            }
        }

        return places;
    }

    /// <summary>Adds lines, and begins a file where there is none.</summary>
    /// <exception cref="IOException">It cannot be written, or is a link.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Append(string path, string layout, IEnumerable<(string Instance, string? Place)> places)
    {
        if (SymbolicLink.Is(path))
        {
            throw new IOException($"{path} is a symbolic link, which is not followed. Remove it.");
        }

        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        var text = new StringBuilder();

        // A line that a killed run did not end must not take in the next one.
        text.Append(file.Position > 0 ? "\n" : "");
        AppendLine(text, Header, layout);
        foreach (var (instance, place) in places)
        {
            AppendLine(text, instance, place ?? "");
        }

        file.Write(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static void AppendLine(StringBuilder text, string key, string value) => text.Append(key).Append('\t').Append(value).Append('\t').Append(ChecksumOf(key, value)).Append('\n');

    private static string ChecksumOf(string key, string value) =>
        Crc32C.Append(0, Encoding.UTF8.GetBytes($"{key}\t{value}")).ToString("x8", CultureInfo.InvariantCulture);
}
