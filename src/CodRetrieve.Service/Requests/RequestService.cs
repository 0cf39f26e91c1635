using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using CodRetrieve.Service.Configuration;
using CodRetrieve.Service.Ledger;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Requests;

/// <summary>What the API and the page are made of: creates, lists and changes requests. Safe for use by several threads.</summary>
internal sealed partial class RequestService(LedgerStore ledger, IOptions<ServiceOptions> options, RequestSignal signal, StudyInspection inspection)
{
    public const int MaxPriority = 100;
    public const int MaxPageSize = 1000;
    private const int MaxKeyLength = 128;

    private readonly ServiceOptions _options = options.Value;

    /// <summary>Gets the names of the stores that requests may name.</summary>
    public IReadOnlyList<string> Stores => [.. _options.Stores.Keys.Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Gets the names of the destinations that requests may name.</summary>
    public IReadOnlyList<string> Destinations => [.. _options.Destinations.Keys.Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Opens a spool for the studies of a request, which the caller fills and disposes.</summary>
    public StudySpool OpenSpool() => new(_options.Limits.StudiesPerRequest);

    /// <summary>Accepts a request, all of it or nothing.</summary>
    /// <exception cref="RequestRefusedException">It makes no sense, or its key was used for another one.</exception>
    public async Task<CreatedRequest> CreateAsync(NewRequest request, StudySpool studies, string? idempotencyKey, Caller caller, CancellationToken cancellationToken)
    {
        var checkedRequest = Check(request, studies);
        if (idempotencyKey is { Length: 0 or > MaxKeyLength } || idempotencyKey?.All(static c => c is > ' ' and <= '~') == false)
        {
            throw new RequestRefusedException(RefusalKind.Invalid, $"The idempotency key has to have 1 to {MaxKeyLength} visible ASCII characters.");
        }

        // Without a key of the caller's, one of our own still tells a commit whose confirmation was lost from one that did not happen.
        var key = idempotencyKey ?? $"own {Guid.NewGuid():N}";
        var selection = RequestMapping.ToJson(checkedRequest.Selection);
        var fingerprint = Fingerprint(checkedRequest, selection, studies);
        (long Id, bool IsNew) created;
        try
        {
            created = await ledger.WriteAsync((context, token) => AddAsync(context, checkedRequest, selection, studies, key, fingerprint, caller, token), cancellationToken);
        }
        catch (DbUpdateException e) when (IsDuplicate(e))
        {
            // Somebody else was quicker with the same key.
            created = (await ledger.ReadAsync((context, token) => FindByKeyAsync(context, caller.Tenant, key, fingerprint, token), cancellationToken)
                ?? throw new RequestRefusedException(RefusalKind.Conflict, "Another request with the same idempotency key is being accepted. Ask again.", e), false);
        }

        signal.Set();
        return new CreatedRequest(await GetAsync(created.Id, caller, cancellationToken), created.IsNew);
    }

    /// <summary>Returns what a request would do.</summary>
    /// <exception cref="RequestRefusedException">It makes no sense, or the store cannot be read.</exception>
    public async Task<DryRunReport> DryRunAsync(NewRequest request, StudySpool studies, CancellationToken cancellationToken)
    {
        var checkedRequest = Check(request, studies);
        var sample = new List<string>();
        await foreach (var study in studies.ReadAsync(cancellationToken))
        {
            sample.Add(study);
            if (sample.Count == _options.Limits.StudiesPerDryRun)
            {
                break;
            }
        }

        return await inspection.DryRunAsync(checkedRequest, sample, studies.Count, cancellationToken);
    }

    /// <summary>Returns a request.</summary>
    /// <exception cref="RequestRefusedException">There is none that the caller may see.</exception>
    public Task<RequestDetails> GetAsync(long id, Caller caller, CancellationToken cancellationToken) => ledger.ReadAsync(
        async (context, token) =>
        {
            var request = await FindAsync(context, id, caller, token);
            var inHand = await InHandAsync(context, [id], token);
            return RequestMapping.Of(request, inHand.GetValueOrDefault(id), await context.ReadClockAsync(token));
        },
        cancellationToken);

    /// <summary>Returns requests, the newest first.</summary>
    /// <exception cref="RequestRefusedException">The query makes no sense.</exception>
    public Task<Page<RequestDetails>> ListAsync(RequestQuery query, Caller caller, CancellationToken cancellationToken)
    {
        CheckSize(query.Size);
        var before = ParseNumber(query.After);
        return ledger.ReadAsync(
            async (context, token) =>
            {
                var rows = Visible(context, caller).Where(request => request.Id < (before ?? long.MaxValue));
                rows = query.State is { } state ? rows.Where(request => request.State == state) : rows;
                rows = query.Store is { } store ? rows.Where(request => request.Store == store) : rows;
                rows = query.Destination is { } destination ? rows.Where(request => request.Destination == destination) : rows;
                rows = query.CreatedBy is { } creator ? rows.Where(request => request.CreatedBy == creator) : rows;
                var found = await rows.OrderByDescending(request => request.Id).Take(query.Size + 1).ToListAsync(token);
                var page = found.Take(query.Size).ToList();
                var inHand = await InHandAsync(context, [.. page.Select(request => request.Id)], token);
                var now = await context.ReadClockAsync(token);
                return new Page<RequestDetails>(
                    [.. page.Select(request => RequestMapping.Of(request, inHand.GetValueOrDefault(request.Id), now))],
                    found.Count > query.Size ? page[^1].Id.ToString(CultureInfo.InvariantCulture) : null);
            },
            cancellationToken);
    }

    /// <summary>Returns the studies of a request in their order.</summary>
    /// <exception cref="RequestRefusedException">There is no such request, or the query makes no sense.</exception>
    public Task<Page<StudyRecord>> StudiesAsync(long id, StudyQuery query, Caller caller, CancellationToken cancellationToken)
    {
        CheckSize(query.Size);

        // An int as the column: compared with a long, its index would not be used.
        var after = (int)Math.Min(ParseNumber(query.After) ?? -1, int.MaxValue);
        return ledger.ReadAsync(
            async (context, token) =>
            {
                await FindAsync(context, id, caller, token);
                var rows = context.Studies.AsNoTracking().Where(study => study.RequestId == id && study.Number > after);
                rows = query.State is { } state ? rows.Where(study => study.State == state) : rows;
                var found = await rows.OrderBy(study => study.Number).Take(query.Size + 1).ToListAsync(token);
                return PageOf(found, query.Size, study => study.Number.ToString(CultureInfo.InvariantCulture));
            },
            cancellationToken);
    }

    /// <summary>Finds studies in all requests by the beginning of their UID.</summary>
    /// <exception cref="RequestRefusedException">The query makes no sense.</exception>
    public Task<Page<StudyRecord>> FindStudiesAsync(string uidPrefix, string? after, int size, Caller caller, CancellationToken cancellationToken)
    {
        CheckSize(size);
        var prefix = uidPrefix.Trim();
        if (prefix.Length is 0 or > 128 || !prefix.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
        {
            throw new RequestRefusedException(RefusalKind.Invalid, "The beginning of a Study Instance UID has to have 1 to 128 letters, digits, dots, dashes and underscores.");
        }

        // All characters of UIDs come before the tilde.
        var (from, end) = (prefix, prefix + "~");
        var (lastUid, lastRequest) = ParseStudyCursor(after);
        return ledger.ReadAsync(
            async (context, token) =>
            {
                var rows = context.Studies.AsNoTracking().Where(study => string.Compare(study.StudyInstanceUid, from) >= 0 && string.Compare(study.StudyInstanceUid, end) < 0);
                if (lastUid is not null)
                {
                    rows = rows.Where(study => string.Compare(study.StudyInstanceUid, lastUid) > 0 || (study.StudyInstanceUid == lastUid && study.RequestId > lastRequest));
                }

                if (!caller.SeesAllTenants)
                {
                    rows = rows.Where(study => context.Requests.Any(request => request.Id == study.RequestId && request.Tenant == caller.Tenant));
                }

                var found = await rows.OrderBy(study => study.StudyInstanceUid).ThenBy(study => study.RequestId).Take(size + 1).ToListAsync(token);
                return PageOf(found, size, study => $"{study.StudyInstanceUid}/{study.RequestId}");
            },
            cancellationToken);
    }

    /// <summary>Returns a study of a request with each of its series, as store and destination are now.</summary>
    /// <exception cref="RequestRefusedException">There is no such study of such a request.</exception>
    public async Task<StudyDetails> DescribeStudyAsync(long id, string studyInstanceUid, Caller caller, CancellationToken cancellationToken)
    {
        var (request, study) = await ledger.ReadAsync(
            async (context, token) =>
            {
                var found = await FindAsync(context, id, caller, token);
                return (found, await context.Studies.AsNoTracking().FirstOrDefaultAsync(row => row.StudyInstanceUid == studyInstanceUid && row.RequestId == id, token));
            },
            cancellationToken);
        return study is null
            ? throw new RequestRefusedException(RefusalKind.NotFound, $"Request {id} has no such study.")
            : await inspection.DescribeAsync(RequestMapping.Of(study), request.Store, request.Destination, RequestMapping.Selection(request.Selection), cancellationToken);
    }

    /// <summary>Returns the studies of a request that failed, while they are read.</summary>
    /// <exception cref="RequestRefusedException">There is no such request.</exception>
    public async IAsyncEnumerable<StudyRecord> FailuresAsync(long id, Caller caller, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var context = ledger.Open();
        await FindAsync(context, id, caller, cancellationToken);
        var rows = context.Studies.AsNoTracking().Where(study => study.RequestId == id && study.State == StudyState.Failed).OrderBy(study => study.Number);
        await foreach (var study in rows.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            yield return RequestMapping.Of(study);
        }
    }

    /// <summary>Returns the shards of a request: those in hand and those that wait for another attempt first.</summary>
    /// <exception cref="RequestRefusedException">There is no such request.</exception>
    public Task<IReadOnlyList<ShardRecord>> ShardsAsync(long id, int size, Caller caller, CancellationToken cancellationToken)
    {
        CheckSize(size);
        return ledger.ReadAsync(
            async (context, token) =>
            {
                await FindAsync(context, id, caller, token);
                var rows = await context.Shards.AsNoTracking().Where(shard => shard.RequestId == id)
                    .OrderBy(shard => shard.State == ShardState.Running ? 0 : shard.State == ShardState.Queued ? 1 : shard.State == ShardState.Waiting ? 2 : 3)
                    .ThenByDescending(shard => shard.FailedRuns).ThenBy(shard => shard.FirstNumber).Take(size).ToListAsync(token);
                return (IReadOnlyList<ShardRecord>)[.. rows.Select(shard => new ShardRecord(
                    shard.Id, shard.FirstNumber, shard.StudyCount, shard.State, shard.Epoch, shard.NodeId, RequestMapping.Time(shard.LeaseUntil), RequestMapping.Time(shard.NotBefore),
                    shard.StudiesSaved, shard.StudiesFailed, shard.RunBytesPerSecond, shard.FailedRuns, shard.LastError))];
            },
            cancellationToken);
    }

    private NewRequest Check(NewRequest request, StudySpool studies)
    {
        if (studies.Count == 0)
        {
            throw new RequestRefusedException(RefusalKind.Invalid, "The request names no studies. Give studies, or a cohort.");
        }

        if (request.Priority is < -MaxPriority or > MaxPriority)
        {
            throw new RequestRefusedException(RefusalKind.Invalid, $"The priority is {request.Priority}. It must be from -{MaxPriority} to {MaxPriority}.");
        }

        if (request.MaxShards <= 0)
        {
            throw new RequestRefusedException(RefusalKind.Invalid, $"maxShards is {request.MaxShards}. It must be greater than 0, or left out.");
        }

        _ = request.Selection?.ToSelection();
        return request with { Store = NameIn(_options.Stores.Keys, request.Store, "store"), Destination = NameIn(_options.Destinations.Keys, request.Destination, "destination") };
    }

    // The name as the settings write it. What was given is not repeated: it may be a path or a secret.
    private static string NameIn(IEnumerable<string> names, string? given, string what) =>
        names.FirstOrDefault(name => string.Equals(name, given, StringComparison.OrdinalIgnoreCase))
        ?? throw new RequestRefusedException(RefusalKind.Invalid, $"There is no {what} of this name in the settings of the service. Name one of: {string.Join(", ", names.Order(StringComparer.OrdinalIgnoreCase))}.");

    private async Task<(long Id, bool IsNew)> AddAsync(
        LedgerContext context, NewRequest request, string? selection, StudySpool studies, string key, string fingerprint, Caller caller, CancellationToken cancellationToken)
    {
        if (await FindByKeyAsync(context, caller.Tenant, key, fingerprint, cancellationToken) is { } existing)
        {
            return (existing, false);
        }

        var workers = await context.LiveNodes.Where(node => node.Workers > 0).Select(node => node.Workers).ToListAsync(cancellationToken);
        var shares = ShardShares.Of(
            workers, request.MaxShards, _options.Limits.ShardsPerRequest, _options.Stores[request.Store].MaxShards, _options.Destinations[request.Destination].MaxShards);
        var row = new RequestEntity
        {
            Tenant = caller.Tenant,
            CreatedBy = caller.Name,
            CreatedAt = await context.ReadClockAsync(cancellationToken),
            Store = request.Store,
            Destination = request.Destination,
            Selection = selection,
            IdempotencyKey = key,
            Fingerprint = fingerprint,
            Priority = request.Priority,
            MaxShards = request.MaxShards,
            StudyCount = studies.Count,
        };
        context.Requests.Add(row);
        await context.SaveChangesAsync(cancellationToken);
        await context.AddStudiesAsync(row.Id, studies, cancellationToken);

        // Saved with the entry of the audit trail.
        row.ShardCount = await context.AddShardsAsync(row.Id, studies.Count, _options.Limits.StudiesPerShard, shares, cancellationToken);
        await context.AddAuditAsync(row.Tenant, caller.Name, "create", row.Id, $"{studies.Count} studies from {row.Store} to {row.Destination}", cancellationToken);
        return (row.Id, true);
    }

    private static async Task<long?> FindByKeyAsync(LedgerContext context, string tenant, string key, string fingerprint, CancellationToken cancellationToken)
    {
        var existing = await context.Requests.AsNoTracking().Where(request => request.Tenant == tenant && request.IdempotencyKey == key)
            .Select(request => new { request.Id, request.Fingerprint }).FirstOrDefaultAsync(cancellationToken);
        return existing is null ? null
            : existing.Fingerprint == fingerprint ? existing.Id
            : throw new RequestRefusedException(RefusalKind.KeyReused, "The idempotency key was used before, for a request that asked for something else. Take a new key for each request.");
    }

    private bool IsDuplicate(DbUpdateException exception)
    {
        using var context = ledger.Open();
        return context.IsDuplicate(exception);
    }

    private static string Fingerprint(NewRequest request, string? selection, StudySpool studies) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', request.Store, request.Destination, selection, request.Priority.ToString(CultureInfo.InvariantCulture), request.MaxShards?.ToString(CultureInfo.InvariantCulture), studies.Fingerprint))));

    private static IQueryable<RequestEntity> Visible(LedgerContext context, Caller caller) =>
        caller.SeesAllTenants ? context.Requests.AsNoTracking() : context.Requests.AsNoTracking().Where(request => request.Tenant == caller.Tenant);

    private static async Task<RequestEntity> FindAsync(LedgerContext context, long id, Caller caller, CancellationToken cancellationToken) =>
        await Visible(context, caller).FirstOrDefaultAsync(request => request.Id == id, cancellationToken)
        ?? throw new RequestRefusedException(RefusalKind.NotFound, $"There is no request {id}.");

    private static async Task<Dictionary<long, InHand>> InHandAsync(LedgerContext context, IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        var shards = await context.Shards.AsNoTracking()
            .Where(shard => (shard.State == ShardState.Queued || shard.State == ShardState.Running) && ids.Contains(shard.RequestId))
            .Select(shard => new { shard.RequestId, shard.State, shard.RunBytesPerSecond }).ToListAsync(cancellationToken);
        return shards.GroupBy(shard => shard.RequestId).ToDictionary(group => group.Key, group => new InHand(
            group.Count(), group.Count(shard => shard.State == ShardState.Running), group.Where(shard => shard.State == ShardState.Running).Sum(shard => shard.RunBytesPerSecond)));
    }

    private static Page<StudyRecord> PageOf(List<StudyEntity> found, int size, Func<StudyEntity, string> cursor) =>
        new([.. found.Take(size).Select(RequestMapping.Of)], found.Count > size ? cursor(found[size - 1]) : null);

    private static void CheckSize(int size)
    {
        if (size is < 1 or > MaxPageSize)
        {
            throw new RequestRefusedException(RefusalKind.Invalid, $"The size of a page is {size}. It must be from 1 to {MaxPageSize}.");
        }
    }

    private static long? ParseNumber(string? cursor) => cursor is null ? null
        : long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new RequestRefusedException(RefusalKind.Invalid, "'after' is none that a page of this list named as its next.");

    private static (string? Uid, long Request) ParseStudyCursor(string? cursor)
    {
        if (cursor is null)
        {
            return (null, 0);
        }

        var slash = cursor.LastIndexOf('/');
        return slash > 0 && ParseNumber(cursor[(slash + 1)..]) is { } request
            ? (cursor[..slash], request)
            : throw new RequestRefusedException(RefusalKind.Invalid, "'after' is none that a page of this list named as its next.");
    }
}
