namespace CodRetrieve.Testing.Contracts;

/// <summary>A check of a store before it has a place among the others.</summary>
/// <param name="Needs">What the store must have for it to apply.</param>
/// <param name="Name">What must be kept, as a sentence.</param>
/// <param name="RunAsync">Runs it below a prefix of its own.</param>
internal sealed record StoreCheck(ObjectStoreCapabilities Needs, string Name, Func<StoreProbe, Task> RunAsync)
{
    public StoreCheck(string name, Func<StoreProbe, Task> runAsync)
        : this(ObjectStoreCapabilities.None, name, runAsync)
    {
    }
}
