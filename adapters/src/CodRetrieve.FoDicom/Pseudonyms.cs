using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace CodRetrieve.FoDicom;

/// <summary>Gives identifiers their pseudonyms, by HMAC-SHA256: the same in each run, without a table. Safe for several callers at once.</summary>
internal sealed class Pseudonyms(byte[] key)
{
    // What the standard defines, such as SOP classes and frames of reference of atlases, identifies nobody (PS3.6, annex A).
    private const string WellKnownRoot = "1.2.840.10008.";

    /// <summary>What tells one key from another, and nothing else of it.</summary>
    public string Fingerprint => Convert.ToHexString(Hash("key", ""))[..16].ToLowerInvariant();

    /// <summary>A UID derived from a UUID (PS3.5, B.2; version 8 of RFC 9562); one that the standard defines stays.</summary>
    public string OfUid(string uid)
    {
        if (uid.Length == 0 || uid.StartsWith(WellKnownRoot, StringComparison.Ordinal))
        {
            return uid;
        }

        var uuid = Hash("uid", uid).AsSpan(0, 16);
        uuid[6] = (byte)((uuid[6] & 0x0F) | 0x80);
        uuid[8] = (byte)((uuid[8] & 0x3F) | 0x80);
        return "2.25." + new BigInteger(uuid, isUnsigned: true, isBigEndian: true).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A patient's identifier: <c>P</c> and 16 hexadecimal digits.</summary>
    /// <param name="issuer">Who gave it.</param>
    /// <param name="patient">The identifier.</param>
    public string OfPatient(string issuer, string patient) =>
        string.Create(CultureInfo.InvariantCulture, $"P{BinaryPrimitives.ReadUInt64BigEndian(Hash("patient", $"{issuer}\0{patient}")):X16}");

    private byte[] Hash(string purpose, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{purpose}\0{text}"));
}
