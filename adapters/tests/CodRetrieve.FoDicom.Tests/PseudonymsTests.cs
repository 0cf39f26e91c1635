using System.Globalization;
using System.Numerics;

namespace CodRetrieve.FoDicom.Tests;

public sealed class PseudonymsTests
{
    private static readonly Pseudonyms Names = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    [Fact]
    public void A_UID_is_one_of_a_UUID_and_the_same_each_time()
    {
        var uid = Names.OfUid("1.2.276.0.7230010.3.1.4.1");

        // By another implementation of HMAC-SHA256: part of the format, since a cohort may be continued after years.
        Assert.Equal(Golden, uid);
        var uuid = BigInteger.Parse(uid["2.25.".Length..], CultureInfo.InvariantCulture).ToByteArray(isUnsigned: true, isBigEndian: true);
        var full = new byte[16];
        uuid.CopyTo(full, 16 - uuid.Length);
        Assert.Equal((0x80, 0x80), (full[6] & 0xF0, full[8] & 0xC0));
    }

    [Fact]
    public void Different_UIDs_keys_and_purposes_give_different_pseudonyms()
    {
        var other = new Pseudonyms(new byte[32]);
        var uids = Enumerable.Range(0, 50_000).Select(i => Names.OfUid($"1.2.3.{i}")).ToList();

        Assert.Equal(50_000, uids.Distinct(StringComparer.Ordinal).Count());
        Assert.All(uids, uid => Assert.Matches(@"^2\.25\.[1-9][0-9]{20,38}$", uid));
        Assert.NotEqual(Names.OfUid("1.2.3"), other.OfUid("1.2.3"));
        Assert.NotEqual(Names.Fingerprint, other.Fingerprint);
        Assert.NotEqual(Names.OfPatient("A", "1"), Names.OfPatient("B", "1"));
        Assert.NotEqual(Names.OfPatient("A", "1"), Names.OfPatient("", "A1"));
        Assert.Matches("^P[0-9A-F]{16}$", Names.OfPatient("A", "1"));
    }

    [Theory]
    [InlineData("1.2.840.10008.1.4.1.1")]
    [InlineData("1.2.840.10008.5.1.4.1.1.2")]
    [InlineData("")]
    public void What_the_standard_defines_stays(string uid) => Assert.Equal(uid, Names.OfUid(uid));

    private const string Golden = "2.25.161731858400320381003526991273400553147";
}
