using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Pages.Views;
using CodRetrieve.Service.Requests;
using Microsoft.EntityFrameworkCore;

namespace CodRetrieve.Service.Pages;

/// <summary>What only the page asks of the ledger: groups of failures, and the latest of the audit trail.</summary>
internal sealed class PageQueries(LedgerStore ledger, RequestService requests)
{
    /// <summary>Puts together requests with why their studies failed and where their shards run.</summary>
    public async Task<IReadOnlyList<RequestView>> ViewsAsync(IReadOnlyList<RequestDetails> details, CancellationToken cancellationToken)
    {
        var failing = details.Where(request => request.Studies.Failed > 0).Select(request => request.Id).ToList();
        var failures = failing.Count == 0 ? [] : await FailuresAsync(failing, cancellationToken);
        var nodes = details.Any(request => request.ShardsRunning > 0) ? await requests.NodesAsync(Caller.Service, cancellationToken) : [];
        var now = await NowAsync(cancellationToken);
        var byRequest = failures.ToLookup(group => group.RequestId);
        return [.. details.Select(request => new RequestView(
            request, now, [.. byRequest[request.Id].OrderByDescending(group => group.Count)],
            [.. nodes.Where(node => node.Leases.Any(lease => lease.RequestId == request.Id)).Select(node => node.Name).Distinct(StringComparer.Ordinal)]))];
    }

    public Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken) =>
        ledger.ReadAsync(async (context, token) => DateTimeOffset.FromUnixTimeMilliseconds(await context.ReadClockAsync(token)), cancellationToken);

    /// <summary>Returns the audit trail, the latest entry first.</summary>
    public Task<IReadOnlyList<AuditRecord>> LatestAuditAsync(long? before, long? request, int size, Caller caller, CancellationToken cancellationToken) => ledger.ReadAsync(
        async (context, token) =>
        {
            var rows = context.Audit.AsNoTracking().Where(entry => caller.SeesAllTenants || entry.Tenant == caller.Tenant);
            rows = before is { } id ? rows.Where(entry => entry.Id < id) : rows;
            rows = request is { } one ? rows.Where(entry => entry.RequestId == one) : rows;
            var found = await rows.OrderByDescending(entry => entry.Id).Take(size).ToListAsync(token);
            return (IReadOnlyList<AuditRecord>)[.. found.Select(RequestMapping.Of)];
        },
        cancellationToken);

    // Only the failed studies are read, by an index of their own.
    private Task<List<FailureGroup>> FailuresAsync(List<long> ids, CancellationToken cancellationToken) => ledger.ReadAsync(
        async (context, token) => await context.Studies.AsNoTracking()
            .Where(study => ids.Contains(study.RequestId) && study.State == StudyState.Failed)
            .GroupBy(study => new { study.RequestId, study.Reason })
            .Select(group => new FailureGroup(group.Key.RequestId, group.Key.Reason, group.Count(), group.Min(study => study.Message)))
            .ToListAsync(token),
        cancellationToken);
}
