namespace CodRetrieve.Tests.Storage;

public sealed class BucketDetailsTests
{
    [Fact]
    public void Printing_hides_the_token() =>
        Assert.Equal(
            "BucketDetails { Bucket = b, BucketPrefix = p, Token = *** }",
            new BucketDetails { Bucket = "b", BucketPrefix = "p", Token = "SECRET" }.ToString());

    [Fact]
    public void Printing_names_what_is_not_set() =>
        Assert.Equal("BucketDetails { Bucket = b, BucketPrefix = null, Token = null }", new BucketDetails { Bucket = "b" }.ToString());

    [Fact]
    public void Details_are_equal_when_bucket_prefix_and_token_are()
    {
        var details = new BucketDetails { Bucket = "b", BucketPrefix = "p", Token = "t" };
        Assert.Equal(details, details with { });
        Assert.NotEqual(details, details with { Token = "u" });
    }
}
