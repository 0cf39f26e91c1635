using System.Collections.Concurrent;
using System.IO.Compression;
using CodRetrieve.Saving;

namespace CodRetrieve.Tests.Saving;

public sealed class FolderSaveHandlerContractTests : SaveHandlerContract
{
    protected override async Task<ISaveHandler> CreateAsync(IReadOnlyCollection<string> studies)
    {
        var handler = new FolderSaveHandler(Folder.Path, new SavingOptions());
        await handler.OpenAsync(studies, default);
        return handler;
    }

    protected override async Task CloseAsync(ISaveHandler handler) => await ((IDestination)handler).DisposeAsync();

    protected override byte[] Read(InstanceInfo instance) => File.ReadAllBytes(
        Folder[instance.Series.StudyInstanceUid, instance.Series.SeriesInstanceUid, "instances", instance.SopInstanceUid + ".dcm"]);
}

public sealed class FlushingFolderSaveHandlerContractTests : SaveHandlerContract
{
    protected override async Task<ISaveHandler> CreateAsync(IReadOnlyCollection<string> studies)
    {
        var handler = new FolderSaveHandler(Folder.Path, new SavingOptions { FlushToDisk = true });
        await handler.OpenAsync(studies, default);
        return handler;
    }

    protected override async Task CloseAsync(ISaveHandler handler) => await ((IDestination)handler).DisposeAsync();

    protected override byte[] Read(InstanceInfo instance) => File.ReadAllBytes(
        Folder[instance.Series.StudyInstanceUid, instance.Series.SeriesInstanceUid, "instances", instance.SopInstanceUid + ".dcm"]);
}

/// <summary>As on a file system that cannot do without a name.</summary>
public sealed class NamingFolderSaveHandlerContractTests : SaveHandlerContract
{
    protected override async Task<ISaveHandler> CreateAsync(IReadOnlyCollection<string> studies)
    {
        var handler = new FolderSaveHandler(Folder.Path, new SavingOptions { UnnamedFiles = false });
        await handler.OpenAsync(studies, default);
        return handler;
    }

    protected override async Task CloseAsync(ISaveHandler handler) => await ((IDestination)handler).DisposeAsync();

    protected override byte[] Read(InstanceInfo instance) => File.ReadAllBytes(
        Folder[instance.Series.StudyInstanceUid, instance.Series.SeriesInstanceUid, "instances", instance.SopInstanceUid + ".dcm"]);
}

public sealed class ZipSaveHandlerContractTests : SaveHandlerContract
{
    protected override async Task<ISaveHandler> CreateAsync(IReadOnlyCollection<string> studies)
    {
        var handler = new ZipSaveHandler(Folder.Path, new SavingOptions());
        await handler.OpenAsync(studies, default);
        return handler;
    }

    protected override async Task CloseAsync(ISaveHandler handler) => await ((IDestination)handler).DisposeAsync();

    protected override byte[] Read(InstanceInfo instance) =>
        SavingTools.Read(Folder[instance.Series.StudyInstanceUid + ".zip"], SavingTools.EntryName(instance));
}

public sealed class DeflatingZipSaveHandlerContractTests : SaveHandlerContract
{
    protected override async Task<ISaveHandler> CreateAsync(IReadOnlyCollection<string> studies)
    {
        var options = new SavingOptions { CompressionLevel = CompressionLevel.Fastest, FlushToDisk = true };
        var handler = new ZipSaveHandler(Folder.Path, options);
        await handler.OpenAsync(studies, default);
        return handler;
    }

    protected override async Task CloseAsync(ISaveHandler handler) => await ((IDestination)handler).DisposeAsync();

    protected override byte[] Read(InstanceInfo instance) =>
        SavingTools.Read(Folder[instance.Series.StudyInstanceUid + ".zip"], SavingTools.EntryName(instance));
}

/// <summary>A handler as a user might write it.</summary>
public sealed class UserSaveHandlerContractTests : SaveHandlerContract
{
    private readonly MemoryHandler _handler = new();

    protected override Task<ISaveHandler> CreateAsync(IReadOnlyCollection<string> studies) => Task.FromResult<ISaveHandler>(_handler);

    protected override Task CloseAsync(ISaveHandler handler) => Task.CompletedTask;

    protected override byte[] Read(InstanceInfo instance) => _handler.Saved[instance.SopInstanceUid];

    private sealed class MemoryHandler : ISaveHandler
    {
        public ConcurrentDictionary<string, byte[]> Saved { get; } = new(StringComparer.Ordinal);

        public ValueTask<IReadOnlySet<string>> FindSavedAsync(SeriesInfo series, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlySet<string>>(series.Instances
                .Where(i => Saved.TryGetValue(i.SopInstanceUid, out var bytes) && bytes.Length == (i.SizeBytes ?? bytes.Length))
                .Select(i => i.SopInstanceUid).ToHashSet(StringComparer.Ordinal));

        public async ValueTask<SavedInstance> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
        {
            using var bytes = new MemoryStream();
            await content.CopyToAsync(bytes, cancellationToken);
            Saved[instance.SopInstanceUid] = bytes.ToArray();
            return new SavedInstance($"memory:{instance.SopInstanceUid}", bytes.Length);
        }

        public ValueTask CompleteStudyAsync(StudyInfo study, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
