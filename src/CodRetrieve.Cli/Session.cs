using CodRetrieve.Cli.Input;
using CodRetrieve.Cli.Logging;
using CodRetrieve.Cli.Output;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Cli;

/// <summary>A library that is set up as the command line says, and the studies to ask it for.</summary>
internal sealed class Session : IAsyncDisposable
{
    private Session(CodDownload cod, BucketChoice bucket, IReadOnlyList<string> studies) => (Cod, Bucket, Studies) = (cod, bucket, studies);

    public CodDownload Cod { get; }

    public BucketChoice Bucket { get; }

    public IReadOnlyList<string> Studies { get; }

    /// <exception cref="UsageException">Something given cannot be worked with.</exception>
    public static async Task<Session> OpenAsync(Request request, Terminal terminal, CancellationToken cancellationToken)
    {
        var studies = await StudyList.ReadAsync(request.Studies, request.From, terminal.Input, cancellationToken).ConfigureAwait(false);
        CodDownload? cod = null;
        try
        {
            var bucket = BucketChoice.Parse(request.Bucket, request.Login.Token);
            cod = new CodDownload(Options(request, bucket, terminal));
            bucket.ApplyTo(cod);
            var session = new Session(cod, bucket, studies);
            cod = null;
            return session;
        }
        catch (ArgumentException e)
        {
            throw UsageException.From(e);
        }
        finally
        {
            if (cod is not null)
            {
                await cod.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    public ValueTask DisposeAsync() => Cod.DisposeAsync();

    /// <summary>What the request asks of the library.</summary>
    /// <exception cref="ArgumentException">The token can be none.</exception>
    /// <exception cref="UsageException">The endpoint, the key file or the file of the zip password is wrong.</exception>
    internal static CodDownloadOptions Options(Request request, BucketChoice bucket, Terminal terminal)
    {
        var environment = terminal.Environment;
        var endpoint = EndpointChoice.Choose(request.Network.Endpoint, environment);
        var options = new CodDownloadOptions { UserProject = request.Login.UserProject, CheckFreeSpace = !request.NoSpaceCheck };
        request.Network.ApplyTo(options);
        options.CertificateAuthorityFile ??= GcloudFolder.FindAuthorities(environment);
        options.LockTimeout = request.LockTimeout ?? options.LockTimeout;
        options.ExistingFilePolicy = request.ExistingFilePolicy;
        options.Durability = request.Durability;
        options.FileTimes = request.FileTimes;
        options.ZipEncryption = ZipPassword.Choose(request, environment);
        options.Endpoint = endpoint ?? options.Endpoint;
        if (!bucket.HasToken)
        {
            options.Credential = CredentialChoice.Choose(request.Login, endpoint, environment);
        }

        if (request.LogLevel != LogLevel.None)
        {
            string[] secrets = [request.Login.Token ?? "", environment.GetValueOrDefault(CredentialChoice.TokenVariable)?.Trim() ?? ""];
            options.LoggerFactory = new LineLoggerFactory(terminal.Error, request.LogLevel, line => Secrets.Hide(line, secrets));
        }
        else if (!request.Quiet && !ProgressViews.HasBar(request, terminal))
        {
            options.LoggerFactory = new OutageNotice(terminal.Error, TimeProvider.System);
        }

        return options;
    }
}
