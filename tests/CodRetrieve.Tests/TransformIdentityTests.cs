using CodRetrieve.Saving;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests;

public sealed class TransformIdentityTests
{
    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("two\nlines")]
    [InlineData("nicht-ä")]
    [InlineData(null)]
    public void An_identity_that_is_no_line_of_text_is_refused_when_the_options_are_read(string? identity)
    {
        var transform = new InvertingTransform(identity!);

        Assert.Contains("printable ASCII", Assert.Throws<ArgumentException>(() => new FolderSaveHandler("there", new SavingOptions { Transform = transform })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new CodDownload(new CodDownloadOptions { Transform = transform }));
        Assert.Throws<ArgumentException>(() => new FolderSaveHandler("there", new SavingOptions { Transform = new InvertingTransform(new string('x', 201)) }));
    }

    [Fact]
    public void Its_number_depends_on_every_character_and_on_nothing_else()
    {
        Assert.Equal(0x560b8581337e7b8cUL, TransformIdentity.HashOf("deidentify/1"));
        Assert.NotEqual(TransformIdentity.HashOf("deidentify/1"), TransformIdentity.HashOf("deidentify/2"));
    }
}
