namespace CodRetrieve.Cli.Input;

/// <summary>The store that was named: a bucket, or a folder on a disk.</summary>
internal sealed class BucketChoice
{
    private readonly string _text;
    private readonly BucketDetails? _details;

    private BucketChoice(string text, BucketDetails? details) => (_text, _details) = (text, details);

    /// <summary>Whether requests carry a token already, so that no credential has to be looked for.</summary>
    public bool HasToken => _details?.Token is not null;

    /// <exception cref="ArgumentException">The text names neither.</exception>
    public static BucketChoice Parse(string bucket, string? token)
    {
        var text = bucket.Trim();
        var isUrl = text.StartsWith("gs://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        if (!isUrl)
        {
            return new BucketChoice(text, null);
        }

        var details = BucketDetails.Parse(text);
        return new BucketChoice(text, token is null ? details : details with { Token = token });
    }

    /// <exception cref="ArgumentException">There is no such folder, or the token can be none.</exception>
    public void ApplyTo(CodDownload cod)
    {
        if (_details is not null)
        {
            cod.InitBucket(_details);
        }
        else
        {
            cod.InitBucket(_text);
        }
    }

    /// <summary>The store without any token.</summary>
    public override string ToString() => _details is null ? _text
        : string.IsNullOrEmpty(_details.BucketPrefix) ? $"gs://{_details.Bucket}"
        : $"gs://{_details.Bucket}/{_details.BucketPrefix}";
}
