using System.Security.Cryptography.X509Certificates;
using CodRetrieve.DicomWeb;
using CodRetrieve.Dimse;
using CodRetrieve.Saving;
using CodRetrieve.Service.Configuration;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Running;

/// <summary>The destinations of the settings. Safe for use by several threads.</summary>
internal sealed class NamedDestinations(IOptions<ServiceOptions> options, NamedCredentials credentials, ILoggerFactory loggers, TimeProvider time)
{
    private readonly ServiceOptions _options = options.Value;

    /// <summary>Opens a destination for one job. The caller disposes it.</summary>
    public OpenDestination Open(string name)
    {
        var destination = _options.Destinations[name];
        return destination.Kind switch
        {
            DestinationKind.Folder => new OpenDestination(new FolderSaveHandler(Path.GetFullPath(destination.Directory!), Saving(destination))),
            DestinationKind.Zip => new OpenDestination(new ZipSaveHandler(Path.GetFullPath(destination.Directory!), Saving(destination))),
            DestinationKind.Stow => new OpenDestination(new StowSaveHandler(Stow(name, destination))),
            _ => new OpenDestination(new DimseSaveHandler(DimseAddress.Parse(destination.Url!), Dimse(destination))),
        };
    }

    private SavingOptions Saving(DestinationOptions destination)
    {
        var saving = new SavingOptions { LoggerFactory = loggers, TimeProvider = time };
        return destination.Layout is not { } layout ? saving : new SavingOptions
        {
            LoggerFactory = loggers,
            TimeProvider = time,
            Layout = destination.AllowIdentifiers ? new FolderLayout(FolderLayout.Parse(layout).Template) { AllowIdentifiers = true } : FolderLayout.Parse(layout),
        };
    }

    private StowSaveHandlerOptions Stow(string name, DestinationOptions destination)
    {
        var stow = new StowSaveHandlerOptions(new Uri(destination.Url!))
        {
            Credential = credentials.ToCredential(destination.Credential),
            CertificateAuthorityFile = destination.CertificateAuthorityFile,
            Verification = destination.Verification,
            ReceiptDirectory = Path.GetFullPath(destination.ReceiptDirectory ?? Path.Combine(_options.DataDirectory, "receipts", name)),
            Logger = loggers.CreateLogger<StowSaveHandler>(),
            TimeProvider = time,
        };
        if (credentials.ToPassword(destination.Credential) is var (user, password))
        {
            (stow.UserName, stow.Password) = (user, password);
        }

        return stow;
    }

    private DimseSaveOptions Dimse(DestinationOptions destination)
    {
        var dimse = new DimseSaveOptions { TimeProvider = time };
        if (destination.CertificateAuthorityFile is { } file)
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(file);
            dimse.CertificateAuthorities = certificates;
        }

        return dimse;
    }
}
