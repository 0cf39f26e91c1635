using CodRetrieve.Storage;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage;

public sealed class BucketUrlTests
{
    [Theory]
    [InlineData("https://my-domain.com/my-bucket?token=my-token", "my-bucket", "dicomweb", "my-token")]
    [InlineData("https://my-domain.com/my-bucket/my-prefix?token=my-token", "my-bucket", "my-prefix/dicomweb", "my-token")]
    [InlineData("https://my-domain.com/my-bucket/my-prefix?token=my-token&my-query=something", "my-bucket", "my-prefix/dicomweb", "my-token")]
    [InlineData("https://my-domain.com/my-bucket/my/prefix/parts?token=my-token", "my-bucket", "my/prefix/parts/dicomweb", "my-token")]
    public void Reads_bucket_prefix_and_token(string url, string bucket, string prefix, string token) =>
        Assert.Equal(new BucketDetails { Bucket = bucket, BucketPrefix = prefix, Token = token }, BucketDetails.Parse(url));

    [Theory]
    [InlineData("https://my-domain.com/my-bucket", "dicomweb")]
    [InlineData("https://my-domain.com/my-bucket/", "dicomweb")]
    [InlineData("https://my-domain.com//my-bucket//a///b//", "a/b/dicomweb")]
    [InlineData("https://my-domain.com:8443/my-bucket/a", "a/dicomweb")]
    [InlineData("HTTPS://my-domain.com/my-bucket/a", "a/dicomweb")]
    [InlineData("  https://my-domain.com/my-bucket/a \n", "a/dicomweb")]
    [InlineData("https://my-domain.com/my-bucket/dicomweb", "dicomweb")]
    [InlineData("https://my-domain.com/my-bucket/v1.0/dicomweb/", "v1.0/dicomweb")]
    [InlineData("https://my-domain.com/my-bucket/my-dicomweb", "my-dicomweb/dicomweb")]
    [InlineData("https://my-domain.com/my-bucket/a%20b/%C3%A4", "a b/\u00e4/dicomweb")]
    [InlineData("https://my-domain.com/my-bucket%2Fa%2fb", "a/b/dicomweb")]
    [InlineData("https://my-domain.com/my-bucket/a#fragment?token=t", "a/dicomweb")]
    public void Appends_dicomweb_to_the_cleaned_prefix(string url, string prefix) =>
        Assert.Equal(new BucketDetails { Bucket = "my-bucket", BucketPrefix = prefix }, BucketDetails.Parse(url));

    [Theory]
    [InlineData("gs://my-bucket", null)]
    [InlineData("gs://my-bucket/", null)]
    [InlineData("gs://my-bucket/v1.0/x", "v1.0/x")]
    [InlineData("gs://my-bucket/a#b/100%/what?/a%20b", "a#b/100%/what?/a%20b")]
    [InlineData("GS://my-bucket//v1.0//", "v1.0")]
    public void Takes_the_prefix_of_a_gs_url_as_given(string url, string? prefix) =>
        Assert.Equal(new BucketDetails { Bucket = "my-bucket", BucketPrefix = prefix }, BucketDetails.Parse(url));

    [Theory]
    [InlineData("https://console.cloud.google.com/storage/browser/my-bucket", null)]
    [InlineData("https://console.cloud.google.com/storage/browser/my-bucket/v1.0/dicomweb", "v1.0/dicomweb")]
    [InlineData("https://console.cloud.google.com/storage/browser/my-bucket/v1.0/a%20b/?project=p&prefix=&forceOnObjectsSortingFiltering=false", "v1.0/a b")]
    [InlineData("https://console.cloud.google.com/storage/browser/my-bucket/v1.0;tab=objects?prefix=x", "v1.0")]
    [InlineData("https://console.cloud.google.com/storage/browser/_details/my-bucket/v1.0/x.tar;tab=live_object", "v1.0/x.tar")]
    [InlineData("https://storage.cloud.google.com/my-bucket/v1.0", "v1.0")]
    public void Takes_the_prefix_of_an_address_of_the_console_as_it_is_shown(string url, string? prefix) =>
        Assert.Equal(new BucketDetails { Bucket = "my-bucket", BucketPrefix = prefix }, BucketDetails.Parse(url));

    [Theory]
    [InlineData("https://my-bucket.storage.googleapis.com", "dicomweb")]
    [InlineData("https://my-bucket.storage.googleapis.com/a/b", "a/b/dicomweb")]
    [InlineData("https://my-bucket.STORAGE.googleapis.com:443/a/b", "a/b/dicomweb")]
    [InlineData("https://storage.googleapis.com/my-bucket/a/b", "a/b/dicomweb")]
    public void The_host_may_name_the_bucket(string url, string prefix) =>
        Assert.Equal(new BucketDetails { Bucket = "my-bucket", BucketPrefix = prefix }, BucketDetails.Parse(url));

    [Fact]
    public void A_bucket_with_dots_is_named_by_the_host_as_well() =>
        Assert.Equal("images.hospital.example", BucketDetails.Parse("https://images.hospital.example.storage.googleapis.com/a").Bucket);

    [Theory]
    [InlineData("token=abc", "abc")]
    [InlineData("a=b&token=abc", "abc")]
    [InlineData("&&token=abc&", "abc")]
    [InlineData("token=a=b==", "a=b==")]
    [InlineData("token=a%2Bb", "a+b")]
    [InlineData("token=a+b", "a+b")]
    [InlineData("to%6Ben=abc", "abc")]
    [InlineData("token=abc#fragment", "abc")]
    [InlineData("TOKEN=abc", null)]
    [InlineData("my-token=abc", null)]
    [InlineData("token=", null)]
    [InlineData("token=%20", null)]
    [InlineData("token", null)]
    [InlineData("", null)]
    public void Finds_the_token_in_the_query(string query, string? token) =>
        Assert.Equal(token, BucketDetails.Parse("https://my-domain.com/my-bucket?" + query).Token);

    [Theory]
    [InlineData("token=SECRET%0d%0aX-Header:1")]
    [InlineData("token=SECRET%00")]
    [InlineData("token=SEC%20SECRET")]
    [InlineData("token=SECRET%C3%A4")]
    public void Refuses_a_token_that_no_header_may_hold_without_repeating_it(string query)
    {
        var refused = Assert.Throws<ArgumentException>(() => BucketDetails.Parse("https://my-domain.com/my-bucket?" + query));
        Assert.DoesNotContain("SECRET", refused.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t\n")]
    [InlineData("https://")]
    [InlineData("https://?token=SECRET")]
    [InlineData("https://my-domain.com?token=SECRET")]
    [InlineData("https://my-domain.com/?token=SECRET")]
    [InlineData("https:///my-bucket/my-prefix?token=SECRET")]
    [InlineData("gs://")]
    [InlineData("gs:///my-bucket?token=SECRET")]
    [InlineData("http://my-domain.com/my-bucket?token=SECRET")]
    [InlineData("s3://my-bucket/x?token=SECRET")]
    [InlineData("ftp://my-domain.com/my-bucket?token=SECRET")]
    [InlineData("://my-bucket?token=SECRET")]
    [InlineData("https:/my-domain.com/my-bucket?token=SECRET")]
    [InlineData("my-domain.com/my-bucket?token=SECRET")]
    [InlineData("my-domain.com/my-bucket?token=SECRET&next=https://x")]
    [InlineData("my-domain.com/my-bucket&token=SECRET")]
    [InlineData("file:///no/such/folder?token=SECRET")]
    [InlineData("https://my-domain.com/my-bucket/../x?token=SECRET")]
    [InlineData("https://my-domain.com/my-bucket/%2e%2E/x?token=SECRET")]
    [InlineData("https://my-domain.com/my-bucket/a%2F..%2Fb?token=SECRET")]
    [InlineData("https://my-domain.com/my-bucket/./x?token=SECRET")]
    [InlineData("https://my-domain.com/my-bucket/a%00b?token=SECRET")]
    [InlineData("https://my-domain.com/my-bucket/a%0Ab?token=SECRET")]
    [InlineData("gs://my-bucket/..?token=SECRET")]
    public void Refuses_what_is_no_bucket_without_repeating_the_token(string url)
    {
        var refused = Assert.Throws<ArgumentException>(() => BucketUrl.Parse(url));
        Assert.DoesNotContain("SECRET", refused.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("My-bucket")]
    [InlineData("ab")]
    [InlineData("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz-0123456789a")]
    [InlineData("192.168.5.4")]
    [InlineData("-bucket")]
    [InlineData("bucket-")]
    [InlineData("bucket_")]
    [InlineData("bucket.")]
    [InlineData("buc..ket")]
    [InlineData("buc ket")]
    [InlineData("googbucket")]
    [InlineData("my-google-bucket")]
    [InlineData("b\u00fccket")]
    public void Refuses_a_bucket_name_that_cloud_storage_does_not_allow(string bucket)
    {
        Assert.Throws<ArgumentException>(() => BucketDetails.Parse($"gs://{bucket}/x"));
        Assert.Throws<ArgumentException>(() => BucketDetails.Parse($"https://my-domain.com/{bucket}/x?token=t"));
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("0_bucket-9")]
    [InlineData("my.domain.com")]
    [InlineData("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz-0123456789")]
    public void Accepts_the_bucket_names_that_cloud_storage_allows(string bucket) =>
        Assert.Equal(bucket, BucketDetails.Parse($"gs://{bucket}").Bucket);

    [Fact]
    public void Reads_a_plain_folder_and_a_file_url()
    {
        using var folder = new TempFolder();
        var spaced = Directory.CreateDirectory(Path.Combine(folder.Path, "a b")).FullName;
        Assert.Equal(new StoreLocation(null, spaced), BucketUrl.Parse(spaced));
        Assert.Equal(new StoreLocation(null, spaced), BucketUrl.Parse(new Uri(spaced).AbsoluteUri));
    }

    [Fact]
    public void Refuses_a_folder_that_is_not_there_or_leads_up()
    {
        using var folder = new TempFolder();
        Assert.Throws<ArgumentException>(() => BucketUrl.Parse(Path.Combine(folder.Path, "none")));
        Assert.Throws<ArgumentException>(() => BucketUrl.Parse(folder.Path + "/../x"));
        Assert.Throws<ArgumentException>(() => BucketUrl.Parse(new Uri(folder.Path).AbsoluteUri + "/%2e%2e"));
    }

    [Fact]
    public void A_folder_is_not_the_details_of_a_bucket()
    {
        using var folder = new TempFolder();
        Assert.Throws<ArgumentException>(() => BucketDetails.Parse(folder.Path));
    }

    [Fact]
    public void Null_is_named_as_such() => Assert.Throws<ArgumentNullException>(() => BucketDetails.Parse(null!));
}
