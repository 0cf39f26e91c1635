using System.IO.Compression;
using CodRetrieve.Saving;
using CodRetrieve.Tests.Saving;

namespace CodRetrieve.Tests.SharpZipLib;

public sealed class EncryptedZipContractTests() : EncryptedZipContract(new SavingOptions());

public sealed class DeflatingEncryptedZipContractTests() : EncryptedZipContract(new SavingOptions { CompressionLevel = CompressionLevel.Fastest });

/// <summary>The contract of the handlers, for zips with a password.</summary>
public abstract class EncryptedZipContract : HandlerContract
{
    private readonly SavingOptions _options;

    private protected EncryptedZipContract(SavingOptions options)
    {
        _options = options;
        _options.ZipEncryption = new AesZipEncryption(EncryptedZips.Password);
    }

    public override ISaveHandler CreateHandler() => new ZipSaveHandler(Folder.Path, _options);

    protected override byte[] Read(InstanceInfo instance) =>
        EncryptedZips.Read(Folder[instance.Series.StudyInstanceUid + ".zip"], EncryptedZips.Password, SavingTools.EntryName(instance));

    // The unfinished zip stays until the study ends, whatever failed.
    protected override IEnumerable<string> InstanceFiles() =>
        base.InstanceFiles().Where(file => !file.StartsWith(".1.2.zip.", StringComparison.Ordinal));
}
