namespace CodRetrieve.Cli.Output;

/// <summary>How a command shows how far it is.</summary>
internal enum ProgressMode
{
    /// <summary>A bar in a terminal, else lines; nothing with <c>--json</c> and <c>--quiet</c>.</summary>
    Auto,

    /// <summary>Lines.</summary>
    Plain,

    /// <summary>A bar.</summary>
    Bar,

    /// <summary>An object in JSON a line.</summary>
    Json,

    /// <summary>Not at all.</summary>
    None,
}
