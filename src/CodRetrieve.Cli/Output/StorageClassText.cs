namespace CodRetrieve.Cli.Output;

/// <summary>The classes of storage that cost a retrieval fee, for people.</summary>
internal static class StorageClassText
{
    // From the one with the highest fee (Cloud Storage documentation, "Storage classes").
    private static readonly string[] WithFee = ["ARCHIVE", "COLDLINE", "NEARLINE"];

    /// <returns>For example <c>, 280.0 GB of it in ARCHIVE</c>; nothing where no class costs a fee.</returns>
    public static string Of(IReadOnlyDictionary<string, long> bytes)
    {
        var parts = WithFee.Where(name => bytes.GetValueOrDefault(name) > 0).Select(name => $"{ByteSize.Text(bytes[name])} of it in {name}").ToList();
        return parts.Count == 0 ? "" : ", " + string.Join(", ", parts);
    }
}
