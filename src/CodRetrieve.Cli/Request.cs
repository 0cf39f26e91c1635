using CodRetrieve.Cli.Options;
using CodRetrieve.Cli.Output;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Cli;

/// <summary>What was asked for on the command line.</summary>
internal sealed class Request
{
    public required string Bucket { get; init; }

    /// <summary>Study Instance UIDs and <c>@file</c>s, as given.</summary>
    public required IReadOnlyList<string> Studies { get; init; }

    /// <summary>Whether all studies of the store are meant.</summary>
    public bool All { get; init; }

    /// <summary>What of the store is listed; <see langword="null"/> for other commands.</summary>
    public ListRequest? List { get; init; }

    /// <summary>The coldest storage class that images are fetched from; <see langword="null"/> for any.</summary>
    public StorageClass? MaxStorageClass { get; init; }

    /// <summary>The file with a cohort.</summary>
    public string? From { get; init; }

    public SelectionRequest Selection { get; init; } = new();

    public LayoutRequest Layout { get; init; } = new();

    /// <summary>The attributes, and columns of the cohort, that a report has.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    public LoginRequest Login { get; init; } = new();

    public NetworkRequest Network { get; init; } = new();

    public string? Directory { get; init; }

    public bool Zip { get; init; }

    public OutputFormat Format => Zip ? OutputFormat.Zip : OutputFormat.Folder;

    /// <summary>The file with the password of zips.</summary>
    public string? ZipPasswordFile { get; init; }

    /// <summary>The least level of log messages that are shown.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.None;

    /// <summary>How a command shows how far it is.</summary>
    public ProgressMode Progress { get; init; }

    /// <summary>Whether a download only says what it would fetch.</summary>
    public bool DryRun { get; init; }

    /// <summary>The file to which a download writes what became of each instance.</summary>
    public string? Report { get; init; }

    /// <summary>The file to which a download writes the studies that are to be asked for again.</summary>
    public string? FailedList { get; init; }

    /// <summary>After which time nothing more is begun; <see langword="null"/> for never.</summary>
    public TimeSpan? StopAfter { get; init; }

    /// <summary>Whether what is found is fetched.</summary>
    public bool Repair { get; init; }

    /// <summary>Whether what the store no longer lists is deleted.</summary>
    public bool Prune { get; init; }

    /// <summary>Whether a download continues with too little space for all of it.</summary>
    public bool NoSpaceCheck { get; init; }

    /// <summary>How long to wait for studies that another process is saving; <see langword="null"/> for the library's default.</summary>
    public TimeSpan? LockTimeout { get; init; }

    public ExistingFilePolicy ExistingFilePolicy { get; init; }

    public Durability Durability { get; init; } = Durability.Study;

    public FileTimes FileTimes { get; init; }

    public bool Json { get; init; }

    public bool Quiet { get; init; }
}
