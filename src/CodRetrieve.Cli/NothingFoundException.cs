namespace CodRetrieve.Cli;

/// <summary>The store holds nothing of what was asked for. The message is for the user.</summary>
internal sealed class NothingFoundException(string message) : Exception(message);
