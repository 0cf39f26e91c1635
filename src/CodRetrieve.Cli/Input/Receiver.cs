using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CodRetrieve.Cli.Options;
using CodRetrieve.Cli.Output;
using CodRetrieve.DicomWeb;
using CodRetrieve.Dimse;
using CodRetrieve.Saving;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Cli.Input;

/// <summary>What instances are sent to.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    public const string UserVariable = "COD_RETRIEVE_TO_USER";
    public const string PasswordVariable = "COD_RETRIEVE_TO_PASSWORD";
    public const string CertificatePasswordVariable = "COD_RETRIEVE_TO_CLIENT_CERTIFICATE_PASSWORD";

    private readonly X509Certificate2? _certificate;
    private readonly Func<string?> _summary;
    private readonly Func<DeliveryReport> _report;
    private readonly Func<bool> _knowsWhatIsThere;

    private Receiver(ISaveHandler handler, string name, X509Certificate2? certificate, Func<string?> summary, Func<DeliveryReport> report, Func<bool> knowsWhatIsThere) =>
        (Handler, Name, _certificate, _summary, _report, _knowsWhatIsThere) = (handler, name, certificate, summary, report, knowsWhatIsThere);

    public ISaveHandler Handler { get; }

    /// <summary>Its address.</summary>
    public string Name { get; }

    /// <summary>What became of instances, by outcome; <see langword="null"/> where there is nothing to say.</summary>
    public string? Summary => _summary();

    /// <summary>The same with all its numbers.</summary>
    public DeliveryReport Report => _report();

    /// <summary>Whether another run sends only what this one has not delivered.</summary>
    public bool KnowsWhatIsThere => _knowsWhatIsThere();

    /// <exception cref="UsageException">It cannot be made of what was given.</exception>
    public static Receiver Create(SendRequest request, NetworkRequest network, IReadOnlyDictionary<string, string?> environment, ILoggerFactory? loggers)
    {
        var certificate = request.ClientCertificateFile is { } file ? ReadCertificate(file, environment) : null;
        try
        {
            return request.To.StartsWith("dicom:", StringComparison.OrdinalIgnoreCase)
                ? OverDimse(request, network, certificate)
                : OverDicomWeb(request, network, certificate, environment, loggers);
        }
        catch (Exception e)
        {
            certificate?.Dispose();
            throw e switch
            {
                ArgumentException invalid => UsageException.From(invalid),
                FormatException or IOException or UnauthorizedAccessException or CryptographicException => new UsageException(e.Message, e),
                _ => e,
            };
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Handler is IAsyncDisposable asynchronous)
        {
            await asynchronous.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            (Handler as IDisposable)?.Dispose();
        }

        _certificate?.Dispose();
    }

    private static Receiver OverDicomWeb(
        SendRequest request, NetworkRequest network, X509Certificate2? certificate, IReadOnlyDictionary<string, string?> environment, ILoggerFactory? loggers)
    {
        if (request.Commitment || request.CommitmentPort is not null || request.CommitmentTimeout is not null)
        {
            throw new UsageException("--commitment, --commitment-port and --commitment-timeout are for archives by C-STORE (dicom://), and not for DICOMweb.");
        }

        if (!Uri.TryCreate(request.To, UriKind.Absolute, out var url))
        {
            throw new UsageException("--to is no address of a receiver: give https://host/path of its DICOMweb service, or dicom://CALLED@host:port?calling=ME.");
        }

        var options = new StowSaveHandlerOptions(url)
        {
            Credential = CredentialOf(request),
            UserName = environment.GetValueOrDefault(UserVariable) is { Length: > 0 } user ? user : null,
            Password = environment.GetValueOrDefault(PasswordVariable),
            ClientCertificate = certificate,
            CertificateAuthorityFile = network.CaCertificateFile,
            Verification = request.Verification ?? DeliveryVerification.None,
            ReceiptDirectory = request.Receipts,
        };
        options.MaxOutage = network.RetryFor ?? options.MaxOutage;
        options.Logger = loggers?.CreateLogger("CodRetrieve.StowSaveHandler") ?? options.Logger;
        var handler = new StowSaveHandler(options);
        var name = options.ServiceUrl.AbsoluteUri;
        return new Receiver(handler, name, certificate, () => Text(handler.Counts), () => DeliveryReport.Of(name, handler.Counts), static () => true);
    }

    private static Receiver OverDimse(SendRequest request, NetworkRequest network, X509Certificate2? certificate)
    {
        string?[] others = [request.TokenCommand is null ? null : "--to-token-command", request.TokenFile is null ? null : "--to-token-file"];
        if (Array.Find(others, static one => one is not null) is { } other)
        {
            throw new UsageException($"{other} is for receivers with DICOMweb (https://...), and not for dicom://.");
        }

        if (request.Verification == DeliveryVerification.Bytes)
        {
            throw new UsageException("--verify-delivery bytes is for receivers with DICOMweb (https://...): nothing is read back by C-STORE. Use --verify-delivery exists or --commitment, or send to the DICOMweb service of the archive.");
        }

        var address = DimseAddress.Parse(request.To);
        var options = new DimseSaveOptions
        {
            ClientCertificate = certificate,
            ReceiptDirectory = request.Receipts,
            VerifyExistence = request.Verification == DeliveryVerification.Exists,
            StorageCommitment = CommitmentOf(request, address, certificate),
        };
        if (network.RetryFor is { } time)
        {
            (options.MaxOutage, options.MaxInitialOutage) = (time, time);
        }

        if (address.UseTls && network.CaCertificateFile is { } authorities)
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(authorities);
            options.CertificateAuthorities = certificates;
        }

        var handler = new DimseSaveHandler(address, options);
        var name = address.ToString();
        return new Receiver(
            handler, name, certificate, () => Text(handler), () => DeliveryReport.Of(name, handler.Counts), () => request.Receipts is not null || handler.QueryFailure is null);
    }

    private static StorageCommitmentOptions? CommitmentOf(SendRequest request, DimseAddress address, X509Certificate2? certificate)
    {
        if (!request.Commitment && request.CommitmentPort is null)
        {
            return request.CommitmentTimeout is null ? null : throw new UsageException("--commitment-timeout is for --commitment or --commitment-port.");
        }

        var options = new StorageCommitmentOptions { ListenPort = request.CommitmentPort, ListenCertificate = address.UseTls ? certificate : null };
        options.Timeout = request.CommitmentTimeout ?? options.Timeout;
        return options;
    }

    private static string? Text(DimseSaveHandler handler)
    {
        var counts = handler.Counts.ToString();
        var delivered = counts.Length == 0 ? null : $"Delivered: {counts}";
        return handler.QueryFailure is not { } failure ? delivered
            : $"{(delivered is null ? "" : $"{delivered}. ")}The archive could not be asked what it has, and gets what has no receipt again: {failure}";
    }

    private static CodCredential CredentialOf(SendRequest request) => request switch
    {
        { TokenCommand: not null, TokenFile: not null } => throw new UsageException("Give one of --to-token-command and --to-token-file."),
        { TokenCommand: { } command } => TokenCommand.ToCredential(command, "--to-token-command"),
        { TokenFile: { } file } => TokenFile.ToCredential(file),
        _ => CodCredential.Anonymous,
    };

    private static string? Text(DeliveryCounts counts)
    {
        var transferSyntaxes = string.Join(", ", counts.RejectedTransferSyntaxes.Select(static pair => $"{pair.Key} ({pair.Value})"));
        var text = counts.ToString();
        return text.Length == 0 ? null
            : transferSyntaxes.Length == 0 ? $"Delivered: {text}"
            : $"Delivered: {text}. The receiver would have to accept the transfer syntaxes {transferSyntaxes}";
    }

    private static X509Certificate2 ReadCertificate(string file, IReadOnlyDictionary<string, string?> environment)
    {
        try
        {
            var content = File.ReadAllBytes(file);
            if (content.AsSpan().IndexOf("-----BEGIN"u8) < 0)
            {
                return X509CertificateLoader.LoadPkcs12(content, environment.GetValueOrDefault(CertificatePasswordVariable));
            }

            using var certificate = X509Certificate2.CreateFromPemFile(file);

            // Windows uses no key that is in memory only.
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(e is FileNotFoundException ? $"There is no certificate file '{file}'." : $"The certificate file '{file}' cannot be read: {e.Message}", e);
        }
        catch (CryptographicException e)
        {
            throw new UsageException($"'{file}' holds no certificate with its private key that can be read (PEM, or PKCS#12 with its password in {CertificatePasswordVariable}): {e.Message}", e);
        }
    }
}
