namespace CodRetrieve.Cli.Options;

/// <summary>Where instances are put.</summary>
internal sealed class LayoutRequest
{
    /// <summary>A preset or a template; <see langword="null"/> for the default.</summary>
    public string? Layout { get; init; }

    public string? SaltFile { get; init; }

    public bool AllowIdentifiers { get; init; }

    public bool Relayout { get; init; }
}
