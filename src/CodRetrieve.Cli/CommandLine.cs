using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using CodRetrieve.Cli.Input;
using CodRetrieve.Cli.Options;
using CodRetrieve.Cli.Output;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Cli;

/// <summary>Commands, arguments and options.</summary>
internal sealed class CommandLine
{
    private readonly Argument<string> _bucket = new("BUCKET")
    {
        Description = "gs://bucket/prefix (used as given), https://host/bucket/prefix?token=... (prefix ends in dicomweb), or a folder with a store.",
    };

    private readonly Argument<string[]> _studies = new("STUDY")
    {
        Arity = ArgumentArity.ZeroOrMore,
        Description = "Study Instance UIDs, or @FILE with a list of them, or @- for standard input: a UID or a URL of a study in each line (# begins a comment), a table (CSV, Parquet) with a column StudyInstanceUID, or JSON. In PowerShell '@FILE', in quotes.",
    };

    private readonly Option<string> _from = new("--from")
    {
        HelpName = "FILE",
        Description = "Take the studies, series and instances of a cohort, besides those that are given as STUDY: a list as of @FILE, or - for standard input.",
    };

    private readonly Option<bool> _all = new("--all") { Description = "All studies of the store, by its listing, in place of STUDY." };

    private readonly Option<StorageClass?> _maxStorageClass = new("--max-storage-class")
    {
        HelpName = "CLASS",
        Description = "Fetch no image from a colder storage class than this, since that costs a retrieval fee: standard, nearline, coldline or archive. Such series are named, and fail. Default: no limit.",
        CustomParser = OptionValues.ParseStorageClass,
    };

    private readonly ListOptions _list = new();

    private readonly SendOptions _send = new();

    private readonly Option<bool> _zip = new("--zip") { Description = "One zip for each study instead of folders." };

    private readonly Option<string> _zipPasswordFile = new("--zip-password-file")
    {
        HelpName = "FILE",
        Description = "Encrypt zips with AES-256, and read those that are, with the password in the first line of this file. Or set COD_RETRIEVE_ZIP_PASSWORD.",
    };

    private readonly SelectionOptions _selection = new();

    private readonly LayoutOptions _layout = new();

    private readonly LoginOptions _login = new();

    private readonly NetworkOptions _network = new();

    private readonly Option<LogLevel> _logLevel = new("--log-level")
    {
        HelpName = "LEVEL",
        Recursive = true,
        Description = "Write log messages of this level and above to standard error: trace, debug, information, warning, error, critical or none. Default: none.",
        DefaultValueFactory = _ => LogLevel.None,
        CustomParser = OptionValues.ParseLogLevel,
    };

    private readonly Option<ProgressMode> _progress = new("--progress")
    {
        HelpName = "HOW",
        Recursive = true,
        Description = "How to show how far it is: auto (a bar in a terminal, else lines), plain (a line for each series and every 10 s), bar, json (an object a line) or none. With --json it goes to standard error. Default: auto.",
        DefaultValueFactory = _ => ProgressMode.Auto,
        CustomParser = OptionValues.ParseProgressMode,
    };

    private readonly Option<bool> _json = CommonOption.Flag("--json", "Write one JSON object to standard output, and nothing else; list writes one per line.");

    private readonly Option<bool> _quiet = CommonOption.Flag("--quiet", "Write nothing but errors.");

    private readonly Option<bool> _noSpaceCheck = new("--no-space-check") { Description = "Begin even if the destination has too little space for all of it." };

    private readonly Option<TimeSpan?> _lockTimeout = new("--lock-timeout")
    {
        HelpName = "TIME",
        Description = "How long to wait, after all others, for studies that another process is saving into the same directory: 45s, 15m, 6h. Default: 30s.",
        CustomParser = OptionValues.ParseDuration,
    };

    private readonly Option<ExistingFilePolicy> _existing = new("--existing")
    {
        HelpName = "POLICY",
        Description = "What to do about instances that are there already. verify: skip those that are what the store lists now, fetch and replace others. keep: leave all as they are. fail: as verify, but replace nothing. Default: verify.",
        DefaultValueFactory = _ => ExistingFilePolicy.VerifyAndReplace,
        CustomParser = OptionValues.ParseExistingFilePolicy,
    };

    private readonly Option<Durability> _durability = new("--durability")
    {
        HelpName = "WHEN",
        Description = "When what is saved is made safe from a power failure: study (once for each, before it counts as done), instance (each) or none. Default: study.",
        DefaultValueFactory = _ => Durability.Study,
        CustomParser = OptionValues.ParseDurability,
    };

    private readonly Option<FileTimes> _times = new("--times")
    {
        HelpName = "WHICH",
        Description = "The time that files get: saved (when they are written), tar or index (when that object was last written in the store). Default: saved.",
        DefaultValueFactory = _ => FileTimes.Saved,
        CustomParser = OptionValues.ParseFileTimes,
    };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Show what would be fetched. Fetches no image and writes nothing." };

    private readonly Option<string> _report = new("--report")
    {
        HelpName = "FILE",
        Description = "Write the result of each instance: outcome, bytes, CRC32C, path or error. A table if the name ends in .csv or .parquet, else JSON. A dry run writes none.",
    };

    private readonly Option<string> _columns = new("--columns")
    {
        HelpName = "LIST",
        Description = "DICOM attributes, and columns of the cohort, that a report that is a table has: PatientID,Modality,SliceThickness.",
    };

    private readonly Option<string> _failedList = new("--failed-list")
    {
        HelpName = "FILE",
        Description = "Write the studies that are not completely saved, each below the reason why, in a file that can be given as @FILE. Empty if all are.",
    };

    private readonly Option<TimeSpan?> _stopAfter = new("--stop-after")
    {
        HelpName = "TIME",
        Description = "Finish after this time what is under way, begin nothing more, and exit with 9: 6h, 90m. The same command goes on from there.",
        CustomParser = OptionValues.ParseDuration,
    };

    private readonly Option<bool> _repair = new("--repair") { Description = "Fetch what is missing, of the wrong size or corrupt, and nothing else. Unknown files are named and never deleted." };

    private readonly Option<bool> _prune = new("--prune") { Description = "Delete instances that were saved from the store and that it no longer lists. Nothing else is deleted: no file that no job saved, and nothing of a study that the store does not know." };

    public static RootCommand Create(Terminal terminal) => new CommandLine().Build(terminal);

    private RootCommand Build(Terminal terminal)
    {
        var root = new RootCommand("Retrieves DICOM studies from Cloud Optimized DICOM stores: only what is missing, every instance verified.")
        {
            _progress, _logLevel, _json, _quiet,
        };
        _login.AddTo(root);
        _network.AddTo(root);
        root.Add(List(terminal));
        root.Add(Stats(terminal));
        root.Add(Download(terminal));
        root.Add(Verify(terminal));
        root.Add(Send(terminal));
        foreach (var command in root.Subcommands.Where(static command => command.Name != "list"))
        {
            command.Validators.Add(RequireStudies);
        }

        ReplaceActions(root);
        return root;
    }

    private Command List(Terminal terminal)
    {
        var command = new Command("list", "Lists the studies that a store holds, as they come. Fetches no image.") { _bucket, _maxStorageClass };
        _list.AddTo(command);
        _selection.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var list = _list.Of(parsed, _selection.Of(parsed));
            return new ListCommand(Request(parsed, null, list), list, terminal).RunAsync(cancellationToken);
        });
        return command;
    }

    private Command Stats(Terminal terminal)
    {
        var directory = Directory("Where studies are saved, to see what of them is saved already.", required: false);
        var command = new Command("stats", "Shows what studies hold and what of it is saved. Fetches no image.") { _bucket, _studies, _from, _all, directory, _maxStorageClass, _zip, _zipPasswordFile };
        _selection.AddTo(command);
        _layout.AddTo(command, saves: false);
        command.SetAction((parsed, cancellationToken) => new StatsCommand(Request(parsed, directory), terminal).RunAsync(cancellationToken));
        return command;
    }

    private Command Download(Terminal terminal)
    {
        var directory = Directory("Where to save: DIR/study/series/instances/instance.dcm, or DIR/study.zip.", required: true);
        var command = new Command("download", "Saves what is missing. Run it again after any failure: it continues where it ended.") { _bucket, _studies, _from, _all, directory, _maxStorageClass, _zip, _zipPasswordFile, _existing, _durability, _times, _noSpaceCheck, _lockTimeout, _stopAfter, _dryRun, _report, _columns, _failedList };
        _selection.AddTo(command);
        _layout.AddTo(command, saves: true);
        command.SetAction((parsed, cancellationToken) =>
        {
            var request = Request(parsed, directory);
            return request.DryRun
                ? new StatsCommand(request, terminal).RunAsync(cancellationToken)
                : new DownloadCommand(request, terminal).RunAsync(cancellationToken);
        });
        return command;
    }

    private Command Verify(Terminal terminal)
    {
        var directory = Directory("Where studies are saved. Without --repair and --prune nothing in it is changed.", required: true);
        var command = new Command("verify", "Reads back what is saved and compares it with the indexes by CRC32C.") { _bucket, _studies, _from, _all, directory, _maxStorageClass, _zip, _zipPasswordFile, _repair, _prune, _noSpaceCheck, _lockTimeout };
        _selection.AddTo(command);
        _layout.AddTo(command, saves: false);
        command.SetAction((parsed, cancellationToken) => new VerifyCommand(Request(parsed, directory), terminal).RunAsync(cancellationToken));
        return command;
    }

    private Command Send(Terminal terminal)
    {
        var command = new Command("send", "Sends studies to a PACS, without files in between. Run it again after any failure.") { _bucket, _studies, _from, _all, _maxStorageClass, _stopAfter, _report, _columns, _failedList };
        _send.AddTo(command);
        _selection.AddTo(command);
        _layout.AddIdentifiersTo(command);
        command.SetAction((parsed, cancellationToken) => new SendCommand(Request(parsed, null), _send.Of(parsed), terminal).SendAsync(cancellationToken));
        return command;
    }

    private Request Request(ParseResult parsed, Option<string>? directory, ListRequest? list = null) => new()
    {
        Bucket = parsed.GetRequiredValue(_bucket),
        Studies = parsed.GetValue(_studies) ?? [],
        From = parsed.GetValue(_from),
        All = parsed.GetValue(_all),
        List = list,
        MaxStorageClass = parsed.GetValue(_maxStorageClass),
        Directory = directory is null ? null : parsed.GetValue(directory),
        Zip = parsed.GetValue(_zip),
        ZipPasswordFile = parsed.GetValue(_zipPasswordFile),
        Selection = _selection.Of(parsed),
        Layout = _layout.Of(parsed),
        Columns = parsed.GetValue(_columns)?.Split(',', StringSplitOptions.TrimEntries) ?? [],
        Login = _login.Of(parsed),
        Network = _network.Of(parsed),
        LogLevel = parsed.GetValue(_logLevel),
        DryRun = parsed.GetValue(_dryRun),
        Report = parsed.GetValue(_report),
        FailedList = parsed.GetValue(_failedList),
        StopAfter = parsed.GetValue(_stopAfter),
        Repair = parsed.GetValue(_repair),
        Prune = parsed.GetValue(_prune),
        NoSpaceCheck = parsed.GetValue(_noSpaceCheck),
        LockTimeout = parsed.GetValue(_lockTimeout),
        ExistingFilePolicy = parsed.GetValue(_existing),
        Durability = parsed.GetValue(_durability),
        FileTimes = parsed.GetValue(_times),
        Progress = parsed.GetValue(_progress),
        Json = parsed.GetValue(_json),
        Quiet = parsed.GetValue(_quiet),
    };

    private void RequireStudies(CommandResult command)
    {
        if (command.GetResult(_studies) is not { Tokens.Count: > 0 } && command.GetResult(_from) is null && command.GetResult(_all) is not { Implicit: false })
        {
            command.AddError("No study was given: give Study Instance UIDs, @FILE with a list of them, --from FILE with a cohort, or --all.");
        }
    }

    private static Option<string> Directory(string description, bool required) =>
        new("--output", "-o") { HelpName = "DIR", Description = description, Required = required };

    private static void ReplaceActions(RootCommand root)
    {
        foreach (var option in root.Options)
        {
            if (option is HelpOption { Action: SynchronousCommandLineAction standard })
            {
                option.Action = new HelpWithExamples(standard, HelpTexts.Below);
            }
            else if (option is VersionOption)
            {
                option.Action = new PrintVersion();
            }
        }
    }
}
