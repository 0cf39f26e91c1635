namespace CodRetrieve.Cli.Output;

/// <summary>A CRC32C as Cloud Storage and the indexes write it: base64 of the four bytes, most significant first.</summary>
internal static class Crc32cText
{
    public static string? Of(uint? crc32c) => crc32c is { } value
        ? Convert.ToBase64String([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value])
        : null;
}
