using System.Globalization;
using System.Text;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Layout;

public sealed class NfcTests
{
    // Random text of characters that are composed, decomposed or reordered, and what Python's unicodedata makes of it.
    [Fact]
    public void Composes_as_another_implementation_does()
    {
        var cases = File.ReadAllLines(Path.Combine(Repository.Root, "tests", "CodRetrieve.Tests", "Layout", "nfc-cases.txt"));

        Assert.Equal(3_000, cases.Length);
        Assert.InRange(cases.Count(line => line.Split(';')[0] != line.Split(';')[1]), 1_000, 3_000);
        foreach (var line in cases)
        {
            var (text, expected) = (TextOf(line.Split(';')[0]), TextOf(line.Split(';')[1]));
            Assert.Equal(expected, Nfc.Normalize(text));
            Assert.Equal(expected, Nfc.Normalize(expected));
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("abc", "abc")]
    [InlineData("e\u0301", "\u00e9")]
    [InlineData("\u212B", "\u00c5")]
    [InlineData("\ud83d\ude00", "\ud83d\ude00")]
    public void Leaves_what_is_composed(string text, string expected) => Assert.Equal(expected, Nfc.Normalize(text));

    private static string TextOf(string hex) => string.Concat(hex.Split(' ').Select(code => new Rune(int.Parse(code, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)).ToString()));
}
