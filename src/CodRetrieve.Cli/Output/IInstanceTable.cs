namespace CodRetrieve.Cli.Output;

/// <summary>Writes rows to a stream in the format of a table. Not thread safe; the stream is the caller's.</summary>
internal interface IInstanceTable
{
    /// <param name="row">A row.</param>
    /// <param name="attributes">The values of the further columns.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    void Add(InstanceRow row, IReadOnlyList<string?> attributes);

    /// <summary>Writes what is left.</summary>
    /// <exception cref="IOException">It, or a row before, could not be written.</exception>
    Task CompleteAsync();
}
