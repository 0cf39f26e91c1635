using CodRetrieve.DicomWeb.Tests.Support;
using CodRetrieve.Saving;
using CodRetrieve.Testing;

namespace CodRetrieve.DicomWeb.Tests;

/// <summary>With every instance in memory.</summary>
public sealed class BufferingStowSaveHandlerContractTests() : StowContract(maxBufferedBytes: 64 << 20);

/// <summary>With those above some KB sent as they arrive.</summary>
public sealed class StreamingStowSaveHandlerContractTests() : StowContract(maxBufferedBytes: 64 << 10);

/// <summary>The contract of all save handlers, with a receiver and receipts as the destination.</summary>
public abstract class StowContract(int maxBufferedBytes) : ISaveHandlerFixture, IAsyncLifetime
{
    private readonly List<StowSaveHandler> _handlers = [];
    private Delivering? _site;

    public static TheoryData<string> Checks => new(SaveHandlerContract.Checks.Select(check => check.Name));

    public bool TakesDicomOnly => true;

    public async Task InitializeAsync() => _site = await Delivering.StartAsync();

    public async Task DisposeAsync()
    {
        foreach (var handler in _handlers)
        {
            handler.Dispose();
        }

        await _site!.DisposeAsync();
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Checks))]
    public Task Keeps_the_contract_of_save_handlers(string check) => SaveHandlerContract.Checks.Single(one => one.Name == check).RunAsync(this);

    public ISaveHandler CreateHandler()
    {
        var options = Delivering.OptionsFor(_site!.Receiver.ServiceUrl);
        options.MaxBufferedBytes = maxBufferedBytes;

        // A receiver knows UIDs, and no sizes: what was saved with other bytes is known by its receipt only.
        options.ReceiptDirectory = _site.Folder.Path;
        options.AskForExisting = false;
        var handler = new StowSaveHandler(options);
        _handlers.Add(handler);
        return handler;
    }

    public ValueTask<byte[]> ReadAsync(InstanceInfo instance, CancellationToken cancellationToken) => ValueTask.FromResult(_site!.Receiver.Instances[instance.SopInstanceUid]);

    public IEnumerable<string> ListVisible() => _site!.Receiver.Instances.Keys;
}
