namespace CodRetrieve.Testing;

internal static class ContentRange
{
    public static void Check(IObjectContent content, long offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, content.Length - count);
    }
}
