using System.Globalization;
using System.IO.Compression;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace CodRetrieve;

/// <summary>
/// Reads options from a section of settings, key by key and without reflection. What cannot be read is named by its key, never by its
/// value: someone may have put a secret there.
/// </summary>
internal sealed class OptionsSection(IConfiguration section) : IConfigureOptions<CodDownloadOptions>
{
    private const string CredentialKey = nameof(CodDownloadOptions.Credential);
    private const string KeyFileKey = "ServiceAccountFile";

    private static readonly Dictionary<string, Func<CodDownloadOptions, string, bool>> Readers = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(CodDownloadOptions.MaxConnections)] = (options, text) => TryRead(text, value => options.MaxConnections = value),
        [nameof(CodDownloadOptions.MinConnections)] = (options, text) => TryRead(text, value => options.MinConnections = value),
        [nameof(CodDownloadOptions.MaxBytesPerSecond)] = (options, text) => TryReadRate(text, value => options.MaxBytesPerSecond = value),
        [nameof(CodDownloadOptions.MaxRetryAttempts)] = (options, text) => TryRead(text, value => options.MaxRetryAttempts = value),
        [nameof(CodDownloadOptions.Endpoint)] = TryReadEndpoint,
        [nameof(CodDownloadOptions.UserProject)] = (options, text) => TryReadText(text, value => options.UserProject = value),
        [nameof(CodDownloadOptions.IdleTimeout)] = (options, text) => TryReadTime(text, value => options.IdleTimeout = value),
        [nameof(CodDownloadOptions.MinBytesPerSecond)] = (options, text) => TryRead(text, value => options.MinBytesPerSecond = value),
        [nameof(CodDownloadOptions.MaxOutage)] = (options, text) => TryReadTime(text, value => options.MaxOutage = value),
        [nameof(CodDownloadOptions.CertificateAuthorityFile)] = (options, text) => TryReadText(text, value => options.CertificateAuthorityFile = value),
        [nameof(CodDownloadOptions.LockTimeout)] = (options, text) => TryReadTime(text, value => options.LockTimeout = value),
        [nameof(CodDownloadOptions.EditWaitTimeout)] = (options, text) => TryReadTime(text, value => options.EditWaitTimeout = value),
        [nameof(CodDownloadOptions.ConnectTimeout)] = (options, text) => TryReadTime(text, value => options.ConnectTimeout = value),
        [nameof(CodDownloadOptions.RetryDelay)] = (options, text) => TryReadTime(text, value => options.RetryDelay = value),
        [nameof(CodDownloadOptions.MaxRetryDelay)] = (options, text) => TryReadTime(text, value => options.MaxRetryDelay = value),
        [nameof(CodDownloadOptions.ZipCompression)] = (options, text) => TryReadName<CompressionLevel>(text, value => options.ZipCompression = value),
        [nameof(CodDownloadOptions.TrustSavedLog)] = (options, text) => TryReadFlag(text, value => options.TrustSavedLog = value),
        [nameof(CodDownloadOptions.CheckFreeSpace)] = (options, text) => TryReadFlag(text, value => options.CheckFreeSpace = value),
        [nameof(CodDownloadOptions.ExistingFilePolicy)] = (options, text) => TryReadName<ExistingFilePolicy>(text, value => options.ExistingFilePolicy = value),
        [nameof(CodDownloadOptions.FileTimes)] = (options, text) => TryReadName<FileTimes>(text, value => options.FileTimes = value),
        [nameof(CodDownloadOptions.Layout)] = TryReadLayout,
        [nameof(CodDownloadOptions.Relayout)] = (options, text) => TryReadFlag(text, value => options.Relayout = value),
        [nameof(CodDownloadOptions.MaxStorageClass)] = (options, text) => TryReadNameOrNone<StorageClass>(text, value => options.MaxStorageClass = value),
        [nameof(CodDownloadOptions.Durability)] = (options, text) => TryReadName<Durability>(text, value => options.Durability = value),
    };

    /// <summary>The keys that a section may have.</summary>
    public static IEnumerable<string> Keys => Readers.Keys.Append(CredentialKey).Append(KeyFileKey);

    public void Configure(CodDownloadOptions options)
    {
        var failures = new List<string>();
        foreach (var entry in section.GetChildren())
        {
            // Credential and key file belong together, and are read last.
            if (entry.Value is { } text && !IsOneOf(entry.Key, CredentialKey, KeyFileKey))
            {
                if (!Readers.TryGetValue(entry.Key, out var read))
                {
                    failures.Add($"{entry.Path}: there is no such option. There are {string.Join(", ", Keys)}.");
                }
                else if (!read(options, text))
                {
                    failures.Add($"{entry.Path}: the value cannot be read.");
                }
            }
            else if (entry.Value is null && entry.GetChildren().Any())
            {
                failures.Add($"{entry.Path}: a single value is expected.");
            }
        }

        ReadCredential(options, failures);
        if (failures.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(CodDownloadOptions), failures);
        }
    }

    private void ReadCredential(CodDownloadOptions options, List<string> failures)
    {
        var path = section is IConfigurationSection named ? named.Path + ":" : "";
        var keyFile = section[KeyFileKey];
        var kind = section[CredentialKey];
        if (kind is not null && IsOneOf(kind, "service-account"))
        {
            AddKeyFile(options, path, keyFile, failures);
            return;
        }

        if (keyFile is not null)
        {
            failures.Add($"{path}{KeyFileKey}: this needs {CredentialKey} to be service-account.");
        }

        if (kind is not null && IsOneOf(kind, "anonymous"))
        {
            options.Credential = CodCredential.Anonymous;
        }
        else if (kind is not null && IsOneOf(kind, "application-default"))
        {
            options.Credential = CodCredential.ApplicationDefault();
        }
        else if (kind is not null)
        {
            failures.Add($"{path}{CredentialKey}: there are anonymous, application-default and service-account.");
        }
    }

    private static void AddKeyFile(CodDownloadOptions options, string path, string? keyFile, List<string> failures)
    {
        if (string.IsNullOrWhiteSpace(keyFile))
        {
            failures.Add($"{path}{KeyFileKey}: {CredentialKey} service-account needs the path of a key file here.");
        }
        else if (!File.Exists(keyFile))
        {
            failures.Add($"{path}{KeyFileKey}: there is no such file, or it may not be seen.");
        }
        else
        {
            options.Credential = CodCredential.FromServiceAccountFile(keyFile);
        }
    }

    private static bool IsOneOf(string text, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (string.Equals(text, word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryRead(string text, Action<int> set)
    {
        var isRead = int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value);
        set(value);
        return isRead;
    }

    private static bool TryReadRate(string text, Action<long> set)
    {
        var isRead = long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value);
        set(value);
        return isRead;
    }

    // A bare number would be taken for days.
    private static bool TryReadTime(string text, Action<TimeSpan> set)
    {
        var isRead = TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && text.Contains(':', StringComparison.Ordinal);
        set(value);
        return isRead;
    }

    private static bool TryReadFlag(string text, Action<bool> set)
    {
        var isRead = bool.TryParse(text, out var value);
        set(value);
        return isRead;
    }

    // By name only: numbers, which the parser of the platform takes, say nothing.
    private static bool TryReadName<T>(string text, Action<T> set)
        where T : struct, Enum
    {
        var isRead = Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase);
        set(value);
        return isRead;
    }

    private static bool TryReadNameOrNone<T>(string text, Action<T?> set)
        where T : struct, Enum
    {
        if (text.Length == 0)
        {
            set(null);
            return true;
        }

        return TryReadName<T>(text, value => set(value));
    }

    private static bool TryReadEndpoint(CodDownloadOptions options, string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var endpoint))
        {
            return false;
        }

        options.Endpoint = endpoint;
        return true;
    }

    private static bool TryReadLayout(CodDownloadOptions options, string text)
    {
        try
        {
            options.Layout = FolderLayout.Parse(text);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool TryReadText(string text, Action<string?> set)
    {
        set(text.Length == 0 ? null : text);
        return true;
    }
}
