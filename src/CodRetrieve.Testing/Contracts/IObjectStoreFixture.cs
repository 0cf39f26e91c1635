using CodRetrieve.Storage;

namespace CodRetrieve.Testing;

/// <summary>What the checks of <see cref="ObjectStoreContract"/> need of a store's tests: the store, and a way to put objects into it.</summary>
/// <remarks>
/// Every check writes below a prefix of its own (<c>codretrieve-contract/</c>), so that several may share a bucket; nothing is deleted. The members are called by
/// several threads.
/// </remarks>
public interface IObjectStoreFixture
{
    /// <summary>Gets the store that is checked. It stays the fixture's.</summary>
    IObjectStore Store { get; }

    /// <summary>
    /// Gets a store over a bucket that does not exist, for <see cref="ObjectStoreCapabilities.MissingBuckets"/>. It stays the fixture's. Default
    /// <see langword="null"/>: none.
    /// </summary>
    IObjectStore? StoreOfMissingBucket => null;

    /// <summary>Gets the most objects that the store lists in a page, for <see cref="ObjectStoreCapabilities.Pages"/>. Default 1000; the fewer, the less is put.</summary>
    int PageSize => 1000;

    /// <summary>Puts an object, replacing any of its name.</summary>
    /// <param name="name">The object's name.</param>
    /// <param name="content">The bytes as stored.</param>
    /// <param name="contentEncoding"><c>gzip</c> where the bytes are compressed; <see langword="null"/> otherwise.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>A task that ends when the store shows the object.</returns>
    Task PutAsync(string name, ReadOnlyMemory<byte> content, string? contentEncoding, CancellationToken cancellationToken);
}
