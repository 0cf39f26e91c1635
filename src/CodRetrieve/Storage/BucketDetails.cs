using System.Text;
using CodRetrieve.Storage;

namespace CodRetrieve;

/// <summary>A bucket on Google Cloud Storage, the place below which its studies are kept, and a token to read it with.</summary>
/// <remarks>
/// The values are used as given: nothing is appended to <see cref="BucketPrefix"/>. To apply the rules for bucket URLs
/// (which append <c>dicomweb</c> to the prefix of an <c>https</c> URL), pass the URL to <see cref="CodDownload.InitBucket(string)"/>
/// or <see cref="Parse"/>. Instances are immutable and safe for use by several threads. Equality compares all three values.
/// </remarks>
public sealed record BucketDetails
{
    /// <summary>Gets the bucket's name, for example <c>my-bucket</c>.</summary>
    public required string Bucket { get; init; }

    /// <summary>
    /// Gets what stands before <c>studies/</c> in the names of the objects, without a slash at its ends, for example
    /// <c>v1.0/dicomweb</c>. <see langword="null"/> (the default) and the empty string mean that the bucket's root holds <c>studies/</c>.
    /// </summary>
    public string? BucketPrefix { get; init; }

    /// <summary>
    /// Gets an OAuth 2.0 access token, without the word <c>Bearer</c>. <see langword="null"/> (the default) means that
    /// <see cref="CodDownloadOptions.Credential"/> is used.
    /// </summary>
    public string? Token { get; init; }

    /// <summary>Reads bucket, prefix and token from a bucket URL.</summary>
    /// <param name="url">
    /// <c>https://{any host}/{bucket}[/{prefix}][?token={token}]</c>, whose prefix is given <c>dicomweb</c> as its last part unless it
    /// already ends so; or <c>gs://{bucket}[/{prefix}]</c>, whose prefix is used as given.
    /// </param>
    /// <returns>The details, with percent-encoding decoded and doubled and trailing slashes removed.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="url"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="url"/> is empty, names no bucket or one that Cloud Storage would not allow, has another scheme, or has <c>..</c> in
    /// its path. The message never holds the token.
    /// </exception>
    public static BucketDetails Parse(string url) => BucketUrl.Parse(url).Bucket
        ?? throw new ArgumentException("The URL names a folder, not a bucket. Give it to CodDownload.InitBucket(string).", nameof(url));

    // A record prints every property; the token must never be printed.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Bucket = ").Append(Bucket)
            .Append(", BucketPrefix = ").Append(BucketPrefix ?? "null")
            .Append(", Token = ").Append(Token is null ? "null" : "***");
        return true;
    }
}
