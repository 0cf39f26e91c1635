using CodRetrieve.Dimse;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Configuration;

/// <summary>Checks the settings when the service starts; each message names the setting and the remedy, and holds no secret.</summary>
internal sealed class ServiceOptionsValidation : IValidateOptions<ServiceOptions>
{
    private const int MaxNameLength = 63;

    public ValidateOptionsResult Validate(string? name, ServiceOptions options)
    {
        var problems = new List<string>();
        if (options.DataDirectory.Length == 0)
        {
            problems.Add("Service:DataDirectory is empty. Name a folder that the service may write.");
        }

        if (options.Database.Provider == DatabaseProvider.PostgreSql && string.IsNullOrWhiteSpace(options.Database.ConnectionString))
        {
            problems.Add("Service:Database:ConnectionString is missing. Give the connection string of the PostgreSQL database, as in Host=db;Database=codretrieve;Username=codretrieve.");
        }

        CheckNode(options.Node, problems);
        CheckLimits(options.Limits, problems);
        foreach (var (store, settings) in options.Stores)
        {
            CheckStore(store, settings, options, problems);
        }

        foreach (var (destination, settings) in options.Destinations)
        {
            CheckDestination(destination, settings, options, problems);
        }

        foreach (var (credential, settings) in options.Credentials)
        {
            CheckCredential(credential, settings, problems);
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void CheckNode(NodeOptions node, List<string> problems)
    {
        InRange("Service:Node:Workers", node.Workers, 1, 16, problems);
        InRange("Service:Node:MaxConnections", node.MaxConnections, 1, 10_000, problems);
        InRange("Service:Node:Lease", node.Lease, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10), problems);
        InRange("Service:Node:SweepInterval", node.SweepInterval, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1), problems);
        IsPositive("Service:Node:MaxBytesPerSecond", node.MaxBytesPerSecond, problems);
        AreTimes("Service:Node:QuietHours", node.QuietHours, problems);
    }

    private static void CheckLimits(LimitOptions limits, List<string> problems)
    {
        InRange("Service:Limits:StudiesPerRequest", limits.StudiesPerRequest, 1, 100_000_000, problems);
        InRange("Service:Limits:StudiesPerShard", limits.StudiesPerShard, 1, 1000, problems);
        InRange("Service:Limits:AttemptsPerShard", limits.AttemptsPerShard, 1, 1000, problems);
        InRange("Service:Limits:ShardsPerRequest", limits.ShardsPerRequest, 1, 100_000, problems);
        InRange("Service:Limits:StudiesPerDryRun", limits.StudiesPerDryRun, 1, 10_000, problems);
        InRange("Service:Limits:RetryDelay", limits.RetryDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1), problems);
        InRange("Service:Limits:MaxRetryDelay", limits.MaxRetryDelay, limits.RetryDelay, TimeSpan.FromDays(1), problems);
        if (limits.Retention is { } retention)
        {
            InRange("Service:Limits:Retention", retention, TimeSpan.FromHours(1), TimeSpan.FromDays(36_500), problems);
        }

        IsPositive("Service:Limits:BytesPerShard", limits.BytesPerShard, problems);
        IsPositive("Service:Limits:RequestBodyBytes", limits.RequestBodyBytes, problems);
    }

    private static void CheckStore(string name, StoreOptions store, ServiceOptions options, List<string> problems)
    {
        var key = $"Service:Stores:{name}";
        CheckName(key, name, problems);
        CheckCredentialName(key, store.Credential, options, problems);
        IsPositive(key + ":MaxShards", store.MaxShards, problems);
        IsPositive(key + ":MaxConnections", store.MaxConnections, problems);
        IsPositive(key + ":MaxBytesPerSecond", store.MaxBytesPerSecond, problems);
        AreTimes(key + ":QuietHours", store.QuietHours, problems);
        if (store.Url.Length == 0)
        {
            problems.Add($"{key}:Url is missing. Give the bucket, as in gs://bucket/prefix.");
        }
        else if (store.Url.Contains("token=", StringComparison.OrdinalIgnoreCase))
        {
            problems.Add($"{key}:Url has a token. Take it out, and name a credential of the kind TokenFile.");
        }
    }

    private static void CheckDestination(string name, DestinationOptions destination, ServiceOptions options, List<string> problems)
    {
        var key = $"Service:Destinations:{name}";
        CheckName(key, name, problems);
        CheckCredentialName(key, destination.Credential, options, problems);
        IsPositive(key + ":MaxShards", destination.MaxShards, problems);
        IsPositive(key + ":MaxBytesPerSecond", destination.MaxBytesPerSecond, problems);
        AreTimes(key + ":QuietHours", destination.QuietHours, problems);
        if (destination.Kind is DestinationKind.Folder or DestinationKind.Zip)
        {
            if (string.IsNullOrWhiteSpace(destination.Directory))
            {
                problems.Add($"{key}:Directory is missing. Name the folder that holds what is saved; with several nodes, one that all of them mount.");
            }
        }
        else if (string.IsNullOrWhiteSpace(destination.Url))
        {
            problems.Add($"{key}:Url is missing. Give the address of the PACS: https://host/path, or dicom://CALLED@host:port?calling=ME.");
        }
        else if (destination.Kind == DestinationKind.Stow && !(Uri.TryCreate(destination.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
        {
            problems.Add($"{key}:Url is no address of a DICOMweb service. Write it as in https://host/dicom-web.");
        }
        else if (destination.Kind == DestinationKind.Dimse)
        {
            Try(key + ":Url", () => DimseAddress.Parse(destination.Url), problems);
        }

        if (destination.Layout is { } layout)
        {
            Try(key + ":Layout", () => FolderLayout.Parse(layout), problems);
        }
    }

    private static void CheckCredential(string name, CredentialOptions credential, List<string> problems)
    {
        var key = $"Service:Credentials:{name}";
        CheckName(key, name, problems);
        if (credential.Kind is CredentialKind.File or CredentialKind.TokenFile && !File.Exists(credential.File))
        {
            problems.Add($"{key}:File is no file that can be found. Name the file of the credential.");
        }

        if (credential.Kind == CredentialKind.Password && (string.IsNullOrEmpty(credential.UserName) || !File.Exists(credential.PasswordFile)))
        {
            problems.Add($"{key} needs UserName, and PasswordFile with the name of a file that holds the password.");
        }
    }

    private static void CheckName(string key, string name, List<string> problems)
    {
        if (name.Length is 0 or > MaxNameLength || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            problems.Add($"{key}: a name has at most {MaxNameLength} letters, digits, dashes and underscores.");
        }
    }

    private static void CheckCredentialName(string key, string? credential, ServiceOptions options, List<string> problems)
    {
        if (credential is not null && !options.Credentials.ContainsKey(credential))
        {
            problems.Add($"{key}:Credential names '{credential}', which is not in Service:Credentials.");
        }
    }

    private static void InRange<T>(string key, T value, T min, T max, List<string> problems)
        where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
        {
            problems.Add($"{key} is {value}. It must be from {min} to {max}.");
        }
    }

    private static void IsPositive(string key, long? value, List<string> problems)
    {
        if (value <= 0)
        {
            problems.Add($"{key} is {value}. It must be greater than 0, or left out for no limit.");
        }
    }

    private static void AreTimes(string key, IEnumerable<string> ranges, List<string> problems) => Try(key, () => QuietHours.Parse(ranges), problems);

    private static void Try(string key, Func<object> parse, List<string> problems)
    {
        try
        {
            _ = parse();
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            problems.Add($"{key}: {e.Message}");
        }
    }
}
