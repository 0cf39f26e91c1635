using CodRetrieve.Service.Requests;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace CodRetrieve.Service.Ledger;

/// <summary>The ledger in a SQLite file, for one process.</summary>
internal sealed class SqliteLedgerContext(DbContextOptions<SqliteLedgerContext> options) : LedgerContext(options)
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Full = 13;
    private const int Constraint = 19;

    protected override string NowSql => "CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)";

    public override async Task AddStudiesAsync(long requestId, StudySpool studies, CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)Database.GetDbConnection();
        await using var command = connection.CreateCommand();
        command.Transaction = (SqliteTransaction?)Database.CurrentTransaction?.GetDbTransaction();
        command.CommandText = """INSERT INTO "Studies" ("RequestId", "Number", "StudyInstanceUid") VALUES ($request, $number, $uid)""";
        command.Parameters.AddWithValue("$request", requestId);
        var number = command.Parameters.Add("$number", SqliteType.Integer);
        var uid = command.Parameters.Add("$uid", SqliteType.Text);
        command.Prepare();
        var next = 0;
        await foreach (var study in studies.ReadAsync(cancellationToken))
        {
            (number.Value, uid.Value) = (next++, study);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    // A transaction has the whole file from its beginning: it begins with BEGIN IMMEDIATE.
    public override Task LockRequestAsync(long requestId, CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task<bool> TryLockQueueAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    public override bool IsTransient(Exception exception) => Find<SqliteException>(exception) is { SqliteErrorCode: Busy or Locked };

    public override LedgerFault FaultOf(Exception exception) => Find<SqliteException>(exception)?.SqliteErrorCode switch
    {
        Full => LedgerFault.Full,
        ReadOnly => LedgerFault.ReadOnly,
        Busy or Locked or InputOutput => LedgerFault.Unreachable,
        _ => LedgerFault.Other,
    };

    public override bool IsDuplicate(DbUpdateException exception) => Find<SqliteException>(exception) is { SqliteErrorCode: Constraint };
}
