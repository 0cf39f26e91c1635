using CodRetrieve.Saving;

namespace CodRetrieve.Tests.Saving;

/// <summary>The contract for the destinations that have a life in a job.</summary>
public abstract class DestinationContract : SaveHandlerContract
{
    private protected abstract IDestination Create();

    protected override async Task<ISaveHandler> CreateAsync(IReadOnlyCollection<string> studies)
    {
        var destination = Create();
        await destination.OpenAsync(studies, default);
        return destination;
    }

    protected override async Task CloseAsync(ISaveHandler handler) => await ((IDestination)handler).DisposeAsync();
}

public abstract class FolderContract : DestinationContract
{
    private readonly SavingOptions _options;

    private protected FolderContract(SavingOptions options) => _options = options;

    private protected override IDestination Create() => new FolderSaveHandler(Folder.Path, _options);

    protected override byte[] Read(InstanceInfo instance) => File.ReadAllBytes(
        Folder[instance.Series.StudyInstanceUid, instance.Series.SeriesInstanceUid, "instances", instance.SopInstanceUid + ".dcm"]);
}

public abstract class ZipContract : DestinationContract
{
    private readonly SavingOptions _options;

    private protected ZipContract(SavingOptions options) => _options = options;

    private protected override IDestination Create() => new ZipSaveHandler(Folder.Path, _options);

    protected override byte[] Read(InstanceInfo instance) =>
        SavingTools.Read(Folder[instance.Series.StudyInstanceUid + ".zip"], SavingTools.EntryName(instance));
}
