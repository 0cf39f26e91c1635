using Microsoft.Extensions.Options;

namespace CodRetrieve;

/// <summary>Holds nothing but the options, which each <see cref="CodDownload"/> copies.</summary>
internal sealed class CodDownloadFactory(IOptions<CodDownloadOptions> options) : ICodDownloadFactory
{
    public CodDownload Create(string directory, string bucketUrl)
    {
        // When one of these throws, nothing was opened that would have to be disposed.
        var cod = Create();
        cod.InitDirectory(directory);
        cod.InitBucket(bucketUrl);
        return cod;
    }

    public CodDownload Create() => new(options.Value);
}
