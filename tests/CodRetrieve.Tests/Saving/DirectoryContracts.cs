using CodRetrieve.Saving;

namespace CodRetrieve.Tests.Saving;

public abstract class FolderContract : HandlerContract
{
    private readonly SavingOptions _options;

    private protected FolderContract(SavingOptions options) => _options = options;

    public override ISaveHandler CreateHandler() => new FolderSaveHandler(Folder.Path, _options);

    protected override byte[] Read(InstanceInfo instance) => File.ReadAllBytes(
        Folder[instance.Series.StudyInstanceUid, instance.Series.SeriesInstanceUid, "instances", instance.SopInstanceUid + ".dcm"]);
}

public abstract class ZipContract : HandlerContract
{
    private readonly SavingOptions _options;

    private protected ZipContract(SavingOptions options) => _options = options;

    public override ISaveHandler CreateHandler() => new ZipSaveHandler(Folder.Path, _options);

    protected override byte[] Read(InstanceInfo instance) =>
        SavingTools.Read(Folder[instance.Series.StudyInstanceUid + ".zip"], SavingTools.EntryName(instance));

    // The unfinished zip stays until the study ends, whatever failed.
    protected override IEnumerable<string> InstanceFiles() =>
        base.InstanceFiles().Where(file => !file.StartsWith(".1.2.zip.", StringComparison.Ordinal) || new FileInfo(Folder[file]).Length > 0);
}
