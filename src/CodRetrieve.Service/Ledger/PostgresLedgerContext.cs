using CodRetrieve.Service.Requests;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace CodRetrieve.Service.Ledger;

/// <summary>The ledger in a PostgreSQL database, for any number of nodes.</summary>
internal sealed class PostgresLedgerContext(DbContextOptions<PostgresLedgerContext> options) : LedgerContext(options)
{
    private const string IdleInTransactionSessionTimeout = "25P03";

    // A number of our own among the advisory locks of the database.
    private const long QueueLock = 0x434F_4451_5545;

    // The time of the statement and not of its transaction: a transaction may have waited for a lock.
    protected override string NowSql => "CAST(extract(epoch from clock_timestamp()) * 1000 AS bigint)";

    protected override string SkipLockedSql => "FOR UPDATE SKIP LOCKED";

    protected override string? BinaryCollation => "C";

    public override async Task AddStudiesAsync(long requestId, StudySpool studies, CancellationToken cancellationToken)
    {
        var connection = (NpgsqlConnection)Database.GetDbConnection();
        await using var writer = await connection.BeginBinaryImportAsync(
            """COPY "Studies" ("RequestId", "Number", "StudyInstanceUid") FROM STDIN (FORMAT BINARY)""", cancellationToken);
        var number = 0;
        await foreach (var study in studies.ReadAsync(cancellationToken))
        {
            await writer.StartRowAsync(cancellationToken);
            await writer.WriteAsync(requestId, NpgsqlDbType.Bigint, cancellationToken);
            await writer.WriteAsync(number++, NpgsqlDbType.Integer, cancellationToken);
            await writer.WriteAsync(study, NpgsqlDbType.Varchar, cancellationToken);
        }

        await writer.CompleteAsync(cancellationToken);
    }

    public override Task LockRequestAsync(long requestId, CancellationToken cancellationToken) =>
        Database.ExecuteSqlAsync($"""SELECT 1 FROM "Requests" WHERE "Id" = {requestId} FOR UPDATE""", cancellationToken);

    public override async Task<bool> TryLockQueueAsync(CancellationToken cancellationToken) =>
        await Database.SqlQuery<bool>($"SELECT pg_try_advisory_xact_lock({QueueLock}) AS \"Value\"").SingleAsync(cancellationToken);

    // A full disk is not: it stays so for longer than anybody would wait for a response.
    public override bool IsTransient(Exception exception) => Find<NpgsqlException>(exception) is { } e and not PostgresException { SqlState: PostgresErrorCodes.DiskFull }
        && (e.IsTransient || e is PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow or IdleInTransactionSessionTimeout });

    public override LedgerFault FaultOf(Exception exception) => Find<NpgsqlException>(exception) switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => LedgerFault.Full,
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => LedgerFault.ReadOnly,
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn } => LedgerFault.Outdated,
        { } e when e is not PostgresException || IsTransient(e) => LedgerFault.Unreachable,
        _ => LedgerFault.Other,
    };

    public override bool IsDuplicate(DbUpdateException exception) => exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };
}
