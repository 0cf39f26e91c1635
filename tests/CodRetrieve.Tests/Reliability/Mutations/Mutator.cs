using System.Text;

namespace CodRetrieve.Tests.Reliability.Mutations;

/// <summary>Damages bytes: flipped, overwritten, lost, doubled, moved, cut off, or with something odd put between.</summary>
internal sealed class Mutator(Random random)
{
    private static readonly byte[][] OddPieces = [.. new[]
    {
        "{", "}", "[", "]", "\"", ":", ",", "\\", "\\u", "\\ud800", "null", "true", "NaN", "-Infinity", "-1", "0", "1e999", "9223372036854775807", "9223372036854775808",
        "99999999999999999999999999", "\"-1\"", "..", "/", "../../", "\0", "\uFEFF", "\u202E", "{}", "[[[[[[[[[[[[[[[[", "\"cod\":{\"instances\":{", "\"headers\":{\"start_byte\":0,\"end_byte\":",
        "studies/", ".tar", "storage#objects", "\"items\":[", "\"nextPageToken\":\"x\",", " ", "\r\n",
    }.Select(Encoding.UTF8.GetBytes), [0xFF, 0xFE], [0xC3], [0xED, 0xA0, 0x80], [0x80, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], new byte[512], [.. Enumerable.Repeat((byte)'7', 11), 0]];

    /// <summary>A copy with one to four things wrong.</summary>
    public byte[] Damage(byte[] original)
    {
        var bytes = (byte[])original.Clone();
        for (var count = random.Next(1, 5); count > 0 && bytes.Length > 0; count--)
        {
            bytes = DamageOnce(bytes);
        }

        return bytes;
    }

    private byte[] DamageOnce(byte[] bytes)
    {
        var at = random.Next(bytes.Length);
        var length = Math.Min(random.Next(1, random.Next(2) == 0 ? 4 : 600), bytes.Length - at);
        switch (random.Next(9))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                // A digit for a digit leaves the form whole and the meaning wrong.
                var digit = Array.FindIndex(bytes, at, static b => b is >= (byte)'0' and <= (byte)'9');
                if (digit >= 0)
                {
                    bytes[digit] = (byte)('0' + random.Next(10));
                }

                return bytes;
            case 3:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 4:
                return [.. bytes[..(at + length)], .. bytes[at..]];
            case 5:
                return bytes[..at];
            case 6:
                random.NextBytes(bytes.AsSpan(at, length));
                return bytes;
            case 7:
                var other = random.Next(bytes.Length - length + 1);
                return [.. bytes[..at], .. bytes[other..(other + length)], .. bytes[at..]];
            default:
                var piece = OddPieces[random.Next(OddPieces.Length)];
                // In place of what is there, or between.
                return [.. bytes[..at], .. piece, .. bytes[(random.Next(2) == 0 ? at : Math.Min(at + piece.Length, bytes.Length))..]];
        }
    }
}
