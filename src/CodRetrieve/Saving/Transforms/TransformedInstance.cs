namespace CodRetrieve.Saving;

/// <summary>What a transform has made of an instance; disposed when it is saved.</summary>
/// <param name="Instance">The instance with the size and the CRC32C of the result.</param>
/// <param name="Result">The result.</param>
/// <param name="Origin">What it was made of.</param>
internal sealed record TransformedInstance(InstanceInfo Instance, Spool Result, TransformOrigin Origin) : IDisposable
{
    public Stream OpenRead() => new SpoolReader(Result);

    public void Dispose() => Result.Dispose();
}
