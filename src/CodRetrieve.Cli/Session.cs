using CodRetrieve.Cli.Input;
using CodRetrieve.Cli.Logging;
using CodRetrieve.Cli.Output;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Cli;

/// <summary>A library that is set up as the command line says, and the studies to ask it for.</summary>
internal sealed class Session : IAsyncDisposable
{
    private Session(CodDownload cod, BucketChoice bucket, StudyChoice choice, Selection? selection) =>
        (Cod, Bucket, Choice, Selection) = (cod, bucket, choice, selection);

    public CodDownload Cod { get; }

    public BucketChoice Bucket { get; }

    public StudyChoice Choice { get; }

    public IReadOnlyList<string> Studies => Choice.Studies;

    /// <summary>What is wanted of the studies; <see langword="null"/> for all.</summary>
    public Selection? Selection { get; }

    /// <exception cref="UsageException">Something given cannot be worked with.</exception>
    public static async Task<Session> OpenAsync(Request request, Terminal terminal, CancellationToken cancellationToken)
    {
        string[] columns = [.. LayoutChoice.NamesIn(request.Layout.Layout), .. request.Columns];
        var choice = await StudyList.ReadAsync(request.Studies, request.From, columns, terminal.Input, cancellationToken).ConfigureAwait(false);
        if (choice.SeriesWithoutStudy.Count > 0)
        {
            throw new UsageException("The cohort names series without their studies. Add the column StudyInstanceUID.");
        }

        CodDownload? cod = null;
        try
        {
            var bucket = BucketChoice.Parse(request.Bucket, request.Login.Token);
            var options = Options(request, bucket, terminal);
            options.Layout = LayoutChoice.Choose(request.Layout, choice.Values, terminal.Environment);
            options.Relayout = request.Layout.Relayout;
            cod = new CodDownload(options);
            bucket.ApplyTo(cod);
            string[] attributes = [.. request.Columns.Where(column => choice.Values?.Has(column) != true)];
            var selection = choice.ToSelection(request.Selection, attributes, request.Layout.AllowIdentifiers);
            Warn(options.Layout.IdentifyingAttributes.Union(attributes.Where(InstanceAttributes.IsIdentifying), StringComparer.OrdinalIgnoreCase), request, terminal);
            var session = new Session(cod, bucket, choice, selection);
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

    /// <summary>The value of a column of a report for an instance: of the cohort, or of the instance's attributes.</summary>
    public string? ColumnOf(InstanceInfo instance, string column) =>
        Choice.Values?.Has(column) == true ? Choice.Values.Find(instance, column)
        : instance.GetAttributes()?.GetValues(column) is { Count: > 0 } values ? string.Join('\\', values)
        : null;

    private static void Warn(IEnumerable<string> identifying, Request request, Terminal terminal)
    {
        if (!request.Quiet && string.Join(", ", identifying) is { Length: > 0 } names)
        {
            terminal.Error.WriteLine($"warning: {names} may identify people, and become names of files or values of the report.");
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
