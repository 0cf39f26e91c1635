using System.Collections.Concurrent;
using System.IO.Compression;
using CodRetrieve.Saving;

namespace CodRetrieve.Tests.Saving;

public sealed class FolderSaveHandlerContractTests() : FolderContract(new SavingOptions());

public sealed class FlushingFolderSaveHandlerContractTests() : FolderContract(new SavingOptions { Durability = Durability.Instance });

/// <summary>As on a file system that cannot do without a name.</summary>
public sealed class NamingFolderSaveHandlerContractTests() : FolderContract(new SavingOptions { AnonymousFiles = false });

public sealed class ZipSaveHandlerContractTests() : ZipContract(new SavingOptions());

public sealed class DeflatingZipSaveHandlerContractTests()
    : ZipContract(new SavingOptions { CompressionLevel = CompressionLevel.Fastest, Durability = Durability.Instance });

/// <summary>The folder handler behind two that decorate it.</summary>
public sealed class DecoratedSaveHandlerContractTests() : FolderContract(new SavingOptions())
{
    public override ISaveHandler CreateHandler() => new Decorator(new Decorator(base.CreateHandler()));

    private sealed class Decorator(ISaveHandler inner) : DelegatingSaveHandler(inner);
}

/// <summary>A handler as a user might write it.</summary>
public sealed class UserSaveHandlerContractTests : HandlerContract
{
    private readonly MemoryHandler _handler = new();

    public override ISaveHandler CreateHandler() => _handler;

    protected override byte[] Read(InstanceInfo instance) => _handler.Saved[instance.SopInstanceUid];

    private sealed class MemoryHandler : ISaveHandler
    {
        public ConcurrentDictionary<string, byte[]> Saved { get; } = new(StringComparer.Ordinal);

        public ValueTask<SavedInstances> FindSavedAsync(SeriesInfo series, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new SavedInstances(series.Instances
                .Where(i => Saved.TryGetValue(i.SopInstanceUid, out var bytes) && bytes.Length == (i.SizeBytes ?? bytes.Length))
                .Select(i => i.SopInstanceUid)));

        public async ValueTask<string> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
        {
            using var bytes = new MemoryStream();
            await content.CopyToAsync(bytes, cancellationToken);
            Saved[instance.SopInstanceUid] = bytes.ToArray();
            return $"memory:{instance.SopInstanceUid}";
        }

        public ValueTask CompleteStudyAsync(StudyInfo study, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
