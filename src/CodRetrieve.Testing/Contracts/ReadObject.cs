using CodRetrieve.Storage;

namespace CodRetrieve.Testing.Contracts;

/// <summary>What came of an object, with what the store said of it.</summary>
/// <param name="Body">What the store said; closed.</param>
/// <param name="Bytes">All bytes that came.</param>
internal sealed record ReadObject(ObjectContent Body, byte[] Bytes)
{
    /// <summary>Throws where what came is not the whole object.</summary>
    public void ThrowIfNotWhole(ReadOnlySpan<byte> expected)
    {
        Violation.If(Body.Offset != 0, $"The body of a whole object has the offset {Body.Offset}; it must have 0.");
        Violation.If(!Bytes.AsSpan().SequenceEqual(expected), $"{Difference(expected)}; a whole object must be the {expected.Length} bytes that were put.");
        ThrowIfAnnouncedOtherwise(expected.Length);
    }

    /// <summary>Throws where what came does not hold a range. More may have come, from an earlier byte on or up to a later one.</summary>
    public void ThrowIfNotRange(ReadOnlySpan<byte> whole, Storage.ByteRange range)
    {
        Violation.If(
            Body.Offset > range.Start || (Body.HasContentRange && Body.Offset != range.Start),
            $"The body for the range {range} begins at {Body.Offset}; it must begin at {range.Start}, or at 0 without HasContentRange where the store knows no ranges.");
        var end = (int)Math.Min(range.EndExclusive, whole.Length);
        var wanted = whole[(int)range.Start..end];
        var came = Bytes.AsSpan(Math.Min(Bytes.Length, (int)(range.Start - Body.Offset)));
        Violation.If(
            came.Length < wanted.Length || !came[..wanted.Length].SequenceEqual(wanted),
            $"For the range {range}, {Bytes.Length} bytes from {Body.Offset} came that do not hold it; they must be the object's bytes from there on, up to byte {end - 1} at least.");
        ThrowIfAnnouncedOtherwise(whole.Length);
    }

    private void ThrowIfAnnouncedOtherwise(long objectSize)
    {
        Violation.If(
            Body.LengthBytes is { } length && length != Bytes.Length,
            $"LengthBytes is {Body.LengthBytes}, and {Bytes.Length} bytes came; it must be the number that comes, or null.");
        Violation.If(
            Body.ObjectSizeBytes is { } size && size != objectSize,
            $"ObjectSizeBytes is {Body.ObjectSizeBytes} for an object of {objectSize} bytes; it must be the size of the whole object, or null.");
    }

    private string Difference(ReadOnlySpan<byte> expected) => Bytes.Length != expected.Length
        ? $"{Bytes.Length} bytes came"
        : $"Byte {Bytes.AsSpan().CommonPrefixLength(expected)} came as another one";
}
