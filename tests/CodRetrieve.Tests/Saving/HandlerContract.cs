using CodRetrieve.Saving;
using CodRetrieve.Testing;

namespace CodRetrieve.Tests.Saving;

/// <summary>Runs the public contract on a handler that saves into a folder of the test's own.</summary>
public abstract class HandlerContract : ISaveHandlerFixture, IDisposable
{
    public static TheoryData<string> Checks => new(SaveHandlerContract.Checks.Select(check => check.Name));

    protected SavingFolder Folder { get; } = new();

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Checks))]
    public Task Keeps_the_contract_of_save_handlers(string check) => SaveHandlerContract.Checks.Single(one => one.Name == check).RunAsync(this);

    public abstract ISaveHandler CreateHandler();

    public ValueTask<byte[]> ReadAsync(InstanceInfo instance, CancellationToken cancellationToken) => ValueTask.FromResult(Read(instance));

    IEnumerable<string> ISaveHandlerFixture.ListVisible() => InstanceFiles();

    protected abstract byte[] Read(InstanceInfo instance);

    /// <summary>Names of all files of instances, the unfinished ones included.</summary>
    protected virtual IEnumerable<string> InstanceFiles() =>
        Folder.Files().Where(f => f.Contains(".dcm", StringComparison.Ordinal) || f.EndsWith(".partial", StringComparison.Ordinal));
}
