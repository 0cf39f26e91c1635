using System.Diagnostics;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CodRetrieve.Service.Tests.Ledger;

/// <summary>What the ledger's callers see of a database that has faults.</summary>
public sealed class LedgerStoreTests(PostgresFixture server) : IClassFixture<PostgresFixture>
{
    [PostgresFact(Timeout = 120_000)]
    public async Task Statement_on_a_link_that_swallows_everything_ends_as_soon_as_it_is_cancelled()
    {
        var database = await server.CreateDatabaseAsync();
        using var relay = new Relay(new NpgsqlConnectionStringBuilder(database).Port);
        await using var service = await TestService.CreateAsync(PostgresServer.Through(relay.Port, database));
        Assert.Equal(0, await service.Ledger.OnceAsync((context, token) => context.Shards.CountAsync(token), default));
        relay.Silence();
        using var cancellation = new CancellationTokenSource();
        var running = service.Ledger.OnceAsync((context, token) => context.Shards.CountAsync(token), cancellation.Token);

        // Neither the one who cancels nor the one who waits is held up by the driver, which tries to connect for 15 s.
        var begin = Stopwatch.GetTimestamp();
        cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.InRange(Stopwatch.GetElapsedTime(begin), TimeSpan.Zero, TimeSpan.FromSeconds(8));
    }

    [PostgresFact(Timeout = 120_000)]
    public async Task Fault_of_the_database_is_found_however_deep_it_is()
    {
        await using var service = await TestService.CreateAsync(await server.CreateDatabaseAsync());
        (Exception Exception, LedgerFault Fault, bool IsTransient)[] cases =
        [
            (Of(PostgresErrorCodes.DiskFull), LedgerFault.Full, false),
            (Of(PostgresErrorCodes.ReadOnlySqlTransaction), LedgerFault.ReadOnly, false),
            (Of(PostgresErrorCodes.CrashShutdown), LedgerFault.Unreachable, true),
            (Of(PostgresErrorCodes.UniqueViolation), LedgerFault.Other, false),
            (new NpgsqlException("", new IOException()), LedgerFault.Unreachable, true),
            (new IOException(), LedgerFault.Other, false),
        ];
        Assert.All(cases, one =>
        {
            var wrapped = new InvalidOperationException("", new DbUpdateException("", one.Exception));
            Assert.Equal((one.Fault, one.IsTransient), (service.Ledger.FaultOf(one.Exception), service.Ledger.IsTransient(one.Exception)));
            Assert.Equal((one.Fault, one.IsTransient), (service.Ledger.FaultOf(wrapped), service.Ledger.IsTransient(wrapped)));
        });

        static PostgresException Of(string state) => new("", "ERROR", "ERROR", state);
    }
}
