namespace CodRetrieve.Cli.Output;

/// <summary>One row of a report that is a table: what became of an instance, or of a series or study as a whole.</summary>
/// <param name="Study">The Study Instance UID; <see langword="null"/> in the row that says what ended the job.</param>
/// <param name="Series">The Series Instance UID.</param>
/// <param name="Instance">The SOP Instance UID.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Crc32c">Its CRC32C as the index writes it.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Error">Why it failed.</param>
internal readonly record struct InstanceRow(string? Study, string? Series, string? Instance, string Outcome, long? Bytes, string? Crc32c, string? Path, string? Error)
{
    /// <summary>The names of these columns, in their order.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["study", "series", "instance", "outcome", "bytes", "crc32c", "path", "error"];
}
