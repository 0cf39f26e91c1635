using CodRetrieve.Storage;
using CodRetrieve.Testing;

namespace CodRetrieve.Tests.Support;

/// <summary>Runs the public contract on a store; the theory of a derived class names the checks that apply.</summary>
public abstract class ObjectStoreContractTests : IObjectStoreFixture
{
    public abstract IObjectStore Store { get; }

    public virtual IObjectStore? StoreOfMissingBucket => null;

    public virtual int PageSize => 1000;

    public abstract Task PutAsync(string name, ReadOnlyMemory<byte> content, string? contentEncoding, CancellationToken cancellationToken);

    protected static TheoryData<string> Names(ObjectStoreCapabilities capabilities) => new(ObjectStoreContract.ChecksFor(capabilities).Select(check => check.Name));

    protected Task RunAsync(string check) => ObjectStoreContract.Checks.Single(one => one.Name == check).RunAsync(this);
}
