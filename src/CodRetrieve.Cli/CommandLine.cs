using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using CodRetrieve.Cli.Input;
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
        Arity = ArgumentArity.OneOrMore,
        Description = "Study Instance UIDs, or @file with one in each line (empty lines and lines that begin with # do not count).",
    };

    private readonly Option<bool> _zip = new("--zip") { Description = "One zip for each study instead of folders." };

    private readonly Option<string> _zipPasswordFile = new("--zip-password-file")
    {
        HelpName = "FILE",
        Description = "Encrypt zips with AES-256, and read those that are, with the password in the first line of this file. Or set COD_RETRIEVE_ZIP_PASSWORD.",
    };

    private readonly Option<string> _token = Text("--token", "TOKEN", "An access token. Other users of this machine can read it off the process list, as they can one in the URL: better set COD_RETRIEVE_TOKEN.");

    private readonly Option<string> _credentials = Text("--credentials", "FILE", "The JSON key file of a service account.");

    private readonly Option<bool> _adc = Flag("--adc", "Use Google's application default credentials. Without any of these options that is done where a login of gcloud is found.");

    private readonly Option<bool> _anonymous = Flag("--anonymous", "Look for no login: send no token unless one was given.");

    private readonly Option<string> _userProject = Text("--user-project", "PROJECT", "The project to bill, for a requester-pays bucket.");

    private readonly Option<string> _endpoint = Text("--endpoint", "URL", "Another address of the JSON API, such as an emulator's. Default: STORAGE_EMULATOR_HOST, or Google's.");

    private readonly Option<int?> _connections = new("--connections")
    {
        HelpName = "N",
        Recursive = true,
        Description = "Requests in flight at most, 1 to 256. Default: 8.",
        CustomParser = OptionValues.ParseConnections,
    };

    private readonly Option<long?> _limitRate = new("--limit-rate")
    {
        HelpName = "RATE",
        Recursive = true,
        Description = "Bytes per second at most, over all connections: 20M, 500K, 1.5G; 1M is a million. At least 1024. Default: no limit.",
        CustomParser = OptionValues.ParseRate,
    };

    private readonly Option<LogLevel> _logLevel = new("--log-level")
    {
        HelpName = "LEVEL",
        Recursive = true,
        Description = "Write log messages of this level and above to standard error: trace, debug, information, warning, error, critical or none. Default: none.",
        DefaultValueFactory = _ => LogLevel.None,
        CustomParser = OptionValues.ParseLogLevel,
    };

    private readonly Option<bool> _json = Flag("--json", "Write one JSON object to standard output, and nothing else.");

    private readonly Option<bool> _quiet = Flag("--quiet", "Write nothing but errors.");

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

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Show what would be fetched. Fetches no image and writes nothing." };

    private readonly Option<string> _report = new("--report")
    {
        HelpName = "FILE",
        Description = "Write a JSON file with the result of each instance: outcome, bytes, CRC32C, path or error. A dry run writes none.",
    };

    private readonly Option<bool> _repair = new("--repair") { Description = "Fetch what is missing, of the wrong size or corrupt, and nothing else. Unknown files are named and never deleted." };

    private readonly Option<bool> _prune = new("--prune") { Description = "Delete instances that were saved from the store and that it no longer lists. Nothing else is deleted: no file that no job saved, and nothing of a study that the store does not know." };

    public static RootCommand Create(Terminal terminal) => new CommandLine().Build(terminal);

    private RootCommand Build(Terminal terminal)
    {
        var root = new RootCommand("Retrieves DICOM studies from Cloud Optimized DICOM stores: only what is missing, every instance verified.")
        {
            _token, _credentials, _adc, _anonymous, _userProject, _endpoint, _connections, _limitRate, _logLevel, _json, _quiet,
        };
        root.Add(Stats(terminal));
        root.Add(Download(terminal));
        root.Add(Verify(terminal));
        ReplaceActions(root);
        return root;
    }

    private Command Stats(Terminal terminal)
    {
        var directory = Directory("Where studies are saved, to see what of them is saved already.", required: false);
        var command = new Command("stats", "Shows what studies hold and what of it is saved. Fetches no image.") { _bucket, _studies, directory, _zip, _zipPasswordFile };
        command.SetAction((parsed, cancellationToken) => new StatsCommand(Request(parsed, directory), terminal).RunAsync(cancellationToken));
        return command;
    }

    private Command Download(Terminal terminal)
    {
        var directory = Directory("Where to save: DIR/study/series/instances/instance.dcm, or DIR/study.zip.", required: true);
        var command = new Command("download", "Saves what is missing. Run it again after any failure: it continues where it ended.") { _bucket, _studies, directory, _zip, _zipPasswordFile, _existing, _durability, _noSpaceCheck, _lockTimeout, _dryRun, _report };
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
        var command = new Command("verify", "Reads back what is saved and compares it with the indexes by CRC32C.") { _bucket, _studies, directory, _zip, _zipPasswordFile, _repair, _prune, _noSpaceCheck, _lockTimeout };
        command.SetAction((parsed, cancellationToken) => new VerifyCommand(Request(parsed, directory), terminal).RunAsync(cancellationToken));
        return command;
    }

    private Request Request(ParseResult parsed, Option<string> directory) => new()
    {
        Bucket = parsed.GetRequiredValue(_bucket),
        Studies = parsed.GetRequiredValue(_studies),
        Directory = parsed.GetValue(directory),
        Zip = parsed.GetValue(_zip),
        ZipPasswordFile = parsed.GetValue(_zipPasswordFile),
        Token = parsed.GetValue(_token),
        CredentialsFile = parsed.GetValue(_credentials),
        ApplicationDefault = parsed.GetValue(_adc),
        Anonymous = parsed.GetValue(_anonymous),
        Endpoint = parsed.GetValue(_endpoint),
        UserProject = parsed.GetValue(_userProject),
        Connections = parsed.GetValue(_connections),
        LimitRate = parsed.GetValue(_limitRate),
        LogLevel = parsed.GetValue(_logLevel),
        DryRun = parsed.GetValue(_dryRun),
        Report = parsed.GetValue(_report),
        Repair = parsed.GetValue(_repair),
        Prune = parsed.GetValue(_prune),
        NoSpaceCheck = parsed.GetValue(_noSpaceCheck),
        LockTimeout = parsed.GetValue(_lockTimeout),
        ExistingFilePolicy = parsed.GetValue(_existing),
        Durability = parsed.GetValue(_durability),
        Json = parsed.GetValue(_json),
        Quiet = parsed.GetValue(_quiet),
    };

    private static Option<string> Directory(string description, bool required) =>
        new("--output", "-o") { HelpName = "DIR", Description = description, Required = required };

    private static Option<string> Text(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, Recursive = true };

    private static Option<bool> Flag(string name, string description) => new(name) { Description = description, Recursive = true };

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
