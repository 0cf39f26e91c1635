using CodRetrieve.Cli.Input;
using CodRetrieve.Cli.Logging;
using CodRetrieve.Cli.Output;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Cli;

/// <summary>A library that is set up as the command line says, and the studies to ask it for.</summary>
internal sealed class Session : IAsyncDisposable
{
    private const int MaxProblems = 20;

    private readonly List<string> _problems = [];

    private Session(CodDownload cod, BucketChoice bucket, StudyChoice choice, Selection? selection) =>
        (Cod, Bucket, Choice, Selection) = (cod, bucket, choice, selection);

    public CodDownload Cod { get; }

    public BucketChoice Bucket { get; }

    public StudyChoice Choice { get; }

    /// <summary>Where log messages go to; <see langword="null"/> for nowhere.</summary>
    public ILoggerFactory? Loggers { get; private init; }

    /// <summary>What is wanted of the studies; <see langword="null"/> for all.</summary>
    public Selection? Selection { get; }

    /// <summary>The studies that were given, or those of the store as far as they were listed.</summary>
    public IReadOnlyList<string> Studies => All is null ? Choice.Studies : All.Listed;

    /// <summary>The studies of the store; <see langword="null"/> where studies were given.</summary>
    public AllStudies? All { get; private init; }

    /// <summary>Lists the studies of the store to the end, where all are meant.</summary>
    /// <exception cref="NothingFoundException">It has none.</exception>
    public Task ReadStudiesAsync(CancellationToken cancellationToken) => All is null ? Task.CompletedTask : All.ReadAsync(cancellationToken);

    /// <exception cref="UsageException">Something given cannot be worked with.</exception>
    public static async Task<Session> OpenAsync(Request request, Terminal terminal, CancellationToken cancellationToken)
    {
        if (request.All && (request.Studies.Count > 0 || request.From is not null))
        {
            throw new UsageException("--all means all studies of the store: give no STUDY and no --from with it.");
        }

        string[] columns = [.. LayoutChoice.NamesIn(request.Layout.Layout), .. request.Columns];
        var choice = request.All || request.List is not null ? new StudyChoice()
            : await StudyList.ReadAsync(request.Studies, request.From, columns, terminal.Input, cancellationToken).ConfigureAwait(false);
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
            var session = new Session(cod, bucket, choice, selection) { Loggers = options.LoggerFactory, All = request.All ? new AllStudies(cod, bucket) : null };
            await session.FindStudiesAsync(request, terminal, cancellationToken).ConfigureAwait(false);
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

    /// <summary>What was asked for and cannot be: folders of the store that are no studies, series of a cohort that the store does not have.</summary>
    public IEnumerable<string> Problems => _problems.Concat(All?.Problems ?? []);

    // Series are asked for by their studies, and a manifest of series does not say which these are.
    private async Task FindStudiesAsync(Request request, Terminal terminal, CancellationToken cancellationToken)
    {
        var wanted = new HashSet<string>(Choice.SeriesWithoutStudy, StringComparer.Ordinal);
        if (wanted.Count == 0)
        {
            return;
        }

        if (!request.Quiet)
        {
            terminal.Error.WriteLine($"The cohort names no studies: looking for {Pluralizer.Of(wanted.Count, "series")} in the listing of the store.");
        }

        await foreach (var study in Cod.ListStudiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            if (study.Series.Where(series => wanted.Remove(series.SeriesInstanceUid)).ToList().Count > 0)
            {
                Choice.AddFound(study.StudyInstanceUid);
            }

            if (wanted.Count == 0)
            {
                return;
            }
        }

        if (Choice.Studies.Count == 0)
        {
            throw new NothingFoundException($"{Bucket} holds none of the series of the cohort.");
        }

        _problems.AddRange(wanted.Take(MaxProblems).Select(series => $"The series {series} of the cohort does not exist in {Bucket}."));
        if (wanted.Count > MaxProblems)
        {
            _problems.Add($"and {wanted.Count - MaxProblems} more series");
        }
    }

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
        options.MaxStorageClass = request.MaxStorageClass;
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
