using Microsoft.Extensions.Options;

namespace CodRetrieve;

/// <summary>Holds nothing but the options, which each <see cref="CodDownload"/> copies.</summary>
internal sealed class CodDownloadFactory(IOptions<CodDownloadOptions> options) : ICodDownloadFactory
{
    public CodDownload Create(string directory, string bucketUrl)
    {
        var cod = Create();
        try
        {
            cod.InitDirectory(directory);
            cod.InitBucket(bucketUrl);
            return cod;
        }
        catch
        {
            cod.Dispose();
            throw;
        }
    }

    public CodDownload Create() => new(options.Value);
}
