namespace CodRetrieve.Testing.Contracts;

/// <summary>Bytes to put into a store or a handler.</summary>
internal static class SampleBytes
{
    /// <summary>Bytes that depend on nothing but their number and a seed.</summary>
    public static byte[] Of(int count, int seed = 0)
    {
        var bytes = new byte[count];
#pragma warning disable CA5394 // Nothing secret.
        new Random((count * 31) + seed).NextBytes(bytes);
#pragma warning restore CA5394
        return bytes;
    }
}
