namespace CodRetrieve.Cli;

/// <summary>The world outside of the program, so that nothing else touches the process' own console and environment.</summary>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Environment">The environment variables.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, IReadOnlyDictionary<string, string?> Environment)
{
    /// <summary>Whether someone is watching <see cref="Out"/>, so that it may show a progress bar.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>Whether whoever read <see cref="Out"/> has closed it, as <c>head</c> does when it has seen enough: then nothing more need be found out.</summary>
    public Func<bool> IsOutputGone { get; init; } = static () => false;

    /// <summary>Opens standard input.</summary>
    public Func<Stream> Input { get; init; } = static () => Stream.Null;
}
