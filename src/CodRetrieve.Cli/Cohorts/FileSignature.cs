namespace CodRetrieve.Cli.Cohorts;

/// <summary>Files that people give for a list and that are none, by their first bytes.</summary>
internal static class FileSignature
{
    /// <summary>As many bytes as tell.</summary>
    public const int Length = 132;

    private const string SaveAsCsv = "save it as CSV (UTF-8), its columns of UIDs formatted as text, and give that";

    private static readonly (byte[] Start, string What, string Remedy)[] Known =
    [
        ([0x1F, 0x8B], "gzip-compressed", "pipe it in: gzip -dc FILE | cod-retrieve ... --from -"),
        ([0x28, 0xB5, 0x2F, 0xFD], "compressed by zstd", "pipe it in: zstd -dc FILE | cod-retrieve ... --from -"),
        ("BZh"u8.ToArray(), "compressed by bzip2", "pipe it in: bzip2 -dc FILE | cod-retrieve ... --from -"),
        ([0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z'], "compressed by xz", "pipe it in: xz -dc FILE | cod-retrieve ... --from -"),
        ([(byte)'P', (byte)'K', 3, 4], "a zip file, as an Excel workbook (.xlsx) is", $"if it is a workbook, {SaveAsCsv}; else take the list out of it"),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "an old Office file, as an Excel workbook (.xls) is", SaveAsCsv),
        ("%PDF-"u8.ToArray(), "a PDF document", "give the list that it was made of"),
        ("SQLite format 3\0"u8.ToArray(), "a SQLite database", "export the table as CSV"),
        ("PARE"u8.ToArray(), "an encrypted Parquet file", "write it without encryption"),
        ("ARROW1"u8.ToArray(), "an Arrow (Feather) file", "write it as Parquet or CSV"),
        ([(byte)'O', (byte)'b', (byte)'j', 1], "an Avro file", "export it as Parquet or CSV"),
        ("<!DOCTYPE html"u8.ToArray(), "a web page", "download the list itself: a page may ask to log in first"),
        ("<html"u8.ToArray(), "a web page", "download the list itself: a page may ask to log in first"),
    ];

    /// <summary>Whether it is a Parquet file.</summary>
    public static bool IsParquet(ReadOnlySpan<byte> start) => start.StartsWith("PAR1"u8);

    /// <exception cref="UsageException">The file is no list.</exception>
    public static void Check(ReadOnlySpan<byte> start, string source)
    {
        foreach (var (signature, what, remedy) in Known)
        {
            if (start.StartsWith(signature))
            {
                throw new UsageException($"The list '{source}' is {what}: {remedy}.");
            }
        }

        if (start.Length >= Length && start[128..].StartsWith("DICM"u8))
        {
            throw new UsageException($"The list '{source}' is a DICOM file: give a list with its Study Instance UID.");
        }
    }
}
