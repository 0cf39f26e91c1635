using System.Text;

namespace CodRetrieve.Tests.Support;

/// <summary>Writes tar blocks by hand, wrong ones too.</summary>
internal static class TarBlocks
{
    public static byte[] Header(string name, long size, char type = '0', string prefix = "", bool ustar = true)
    {
        var block = new byte[512];
        Encoding.UTF8.GetBytes(name).CopyTo(block, 0);
        "0000644\0"u8.CopyTo(block.AsSpan(100));
        Octal(size).CopyTo(block, 124);
        "00000000000\0"u8.CopyTo(block.AsSpan(136));
        block[156] = (byte)type;
        if (ustar)
        {
            "ustar\000"u8.CopyTo(block.AsSpan(257));
        }

        Encoding.UTF8.GetBytes(prefix).CopyTo(block, 345);
        return Sum(block);
    }

    /// <summary>Puts the right checksum into a block that was changed.</summary>
    public static byte[] Sum(byte[] block)
    {
        block.AsSpan(148, 8).Fill((byte)' ');
        Encoding.ASCII.GetBytes(Convert.ToString(block.Sum(b => b), 8).PadLeft(6, '0') + "\0 ").CopyTo(block, 148);
        return block;
    }

    public static byte[] Octal(long value) => Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(11, '0') + "\0");

    public static byte[] File(string name, byte[] data) => [.. Header(name, data.Length), .. Padded(data)];

    public static byte[] Pax(string records) => [.. Header("pax", Encoding.UTF8.GetByteCount(records), 'x'), .. Padded(Encoding.UTF8.GetBytes(records))];

    public static byte[] Padded(byte[] data) => [.. data, .. new byte[(512 - (data.Length % 512)) % 512]];

    public static byte[] End => new byte[1024];
}
