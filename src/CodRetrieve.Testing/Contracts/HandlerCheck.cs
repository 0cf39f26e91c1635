namespace CodRetrieve.Testing.Contracts;

/// <summary>A check of a save handler before it has a place among the others.</summary>
/// <param name="Name">What must be kept, as a sentence.</param>
/// <param name="RunAsync">Runs it on a handler that is open.</param>
internal sealed record HandlerCheck(string Name, Func<HandlerProbe, Task> RunAsync);
