using CodRetrieve.Saving;

namespace CodRetrieve.Tests.Saving;

/// <summary>The contract for the handlers that have a life in a job.</summary>
public abstract class DestinationContract : SaveHandlerContract
{
    private protected abstract ISaveHandler Create();

    protected override async Task<ISaveHandler> CreateAsync(IReadOnlyCollection<string> studies) => await Create().OpenedAsync(studies);

    protected override async Task CloseAsync(ISaveHandler handler) => await ((OpenHandler)handler).DisposeAsync();
}

public abstract class FolderContract : DestinationContract
{
    private readonly SavingOptions _options;

    private protected FolderContract(SavingOptions options) => _options = options;

    private protected override ISaveHandler Create() => new FolderSaveHandler(Folder.Path, _options);

    protected override byte[] Read(InstanceInfo instance) => File.ReadAllBytes(
        Folder[instance.Series.StudyInstanceUid, instance.Series.SeriesInstanceUid, "instances", instance.SopInstanceUid + ".dcm"]);
}

public abstract class ZipContract : DestinationContract
{
    private readonly SavingOptions _options;

    private protected ZipContract(SavingOptions options) => _options = options;

    private protected override ISaveHandler Create() => new ZipSaveHandler(Folder.Path, _options);

    protected override byte[] Read(InstanceInfo instance) =>
        SavingTools.Read(Folder[instance.Series.StudyInstanceUid + ".zip"], SavingTools.EntryName(instance));

    // The unfinished zip stays until the study ends, whatever failed.
    protected override IEnumerable<string> InstanceFiles() =>
        base.InstanceFiles().Where(file => !file.StartsWith(".1.2.zip.", StringComparison.Ordinal) || new FileInfo(Folder[file]).Length > 0);
}
