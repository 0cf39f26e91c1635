namespace CodRetrieve;

/// <summary>How study zips are encrypted: <c>AesZipEncryption</c> of the package <c>CodRetrieve.SharpZipLib</c>.</summary>
public abstract class ZipEncryption
{
    private protected ZipEncryption()
    {
    }
}
