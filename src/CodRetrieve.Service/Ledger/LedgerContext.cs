using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace CodRetrieve.Service.Ledger;

/// <summary>The ledger, whatever the database. Times are milliseconds since 1970, so that both databases compare and add them in the same way.</summary>
internal abstract class LedgerContext(DbContextOptions options) : DbContext(options)
{
    private const int MaxUid = 128;
    private const int MaxName = 128;
    private const int MaxMessage = 2000;

    public DbSet<RequestEntity> Requests => Set<RequestEntity>();

    public DbSet<StudyEntity> Studies => Set<StudyEntity>();

    public DbSet<ShardEntity> Shards => Set<ShardEntity>();

    public DbSet<AttemptEntity> Attempts => Set<AttemptEntity>();

    public DbSet<NodeEntity> Nodes => Set<NodeEntity>();

    public DbSet<AuditEntity> Audit => Set<AuditEntity>();

    /// <summary>The nodes that have given a sign of life lately.</summary>
    public IQueryable<NodeEntity> LiveNodes => Nodes.Where(static node => node.SeenAt > Now() - NodeEntity.MaxSilence);

    /// <summary>The clock of the database, in milliseconds since 1970, for queries only: every lease is measured on it, and never on a node's.</summary>
    public static long Now() => throw new InvalidOperationException("The clock of the database can be read in a query only.");

    /// <summary>The SQL of <see cref="Now"/>.</summary>
    protected abstract string NowSql { get; }

    /// <summary>The SQL that passes over rows that another transaction has locked; empty where a transaction has the whole database.</summary>
    protected virtual string SkipLockedSql => "";

    /// <summary>The collation by which UIDs are compared byte by byte, so that an index finds all that begin alike; <see langword="null"/> where that is the default.</summary>
    protected virtual string? BinaryCollation => null;

    /// <summary>Reads the clock of the database.</summary>
    public Task<long> ReadClockAsync(CancellationToken cancellationToken) =>
        Database.SqlQueryRaw<long>(string.Concat("SELECT ", NowSql, " AS \"Value\"")).SingleAsync(cancellationToken);

    /// <summary>Adds an entry to the audit trail, within the transaction that is open.</summary>
    public async Task AddAuditAsync(string tenant, string actor, string action, long? requestId, string? detail, CancellationToken cancellationToken)
    {
        Audit.Add(new AuditEntity { At = await ReadClockAsync(cancellationToken), Tenant = tenant, Actor = actor, Action = action, RequestId = requestId, Detail = detail });
        await SaveChangesAsync(cancellationToken);
    }

    /// <summary>Adds the studies of a request with the fastest means of the database, within the transaction that is open.</summary>
    public abstract Task AddStudiesAsync(long requestId, StudySpool studies, CancellationToken cancellationToken);

    /// <summary>Cuts a request into shards, within the transaction that is open: each is one of a number of shares of what is left of it, and not larger than a size.</summary>
    /// <returns>The number of shards.</returns>
    public Task<int> AddShardsAsync(long requestId, int studyCount, int maxSize, int shares, CancellationToken cancellationToken) => Database.ExecuteSqlAsync(
        $"""
         INSERT INTO "Shards" ("RequestId", "FirstNumber", "StudyCount", "State", "Epoch", "LeaseUntil", "NotBefore", "QueuedUntil", "FailedRuns",
             "StudiesSaved", "StudiesFailed", "RunBytesReceived", "RunBytesPerSecond")
         WITH RECURSIVE cuts(first, size) AS (SELECT 0, 0 UNION ALL
             SELECT first + size, CASE WHEN ({studyCount} - first - size) / {shares} >= {maxSize} THEN {maxSize} ELSE ({studyCount} - first - size + {shares} - 1) / {shares} END
             FROM cuts WHERE first + size < {studyCount})
         SELECT {requestId}, first, size, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM cuts WHERE size > 0
         """,
        cancellationToken);

    /// <summary>Makes other transactions that change the request or its shards wait until this one has ended. Every one takes this lock first, so that no two wait for each other.</summary>
    public abstract Task LockRequestAsync(long requestId, CancellationToken cancellationToken);

    /// <summary>Makes this transaction the only one that enqueues shards, until it has ended.</summary>
    /// <returns>Whether it is; if not, another one is under way.</returns>
    public abstract Task<bool> TryLockQueueAsync(CancellationToken cancellationToken);

    /// <summary>Marks the first shards of a request that wait as enqueued, within the transaction that is open. It waits for no other transaction: what one of them changes is passed over.</summary>
    /// <returns>Their ids, in their order.</returns>
    public async Task<IReadOnlyList<long>> TakeShardsAsync(long requestId, int count, TimeSpan queuedFor, CancellationToken cancellationToken)
    {
        var sql = $$"""
            WITH taken AS (
                SELECT "Id" FROM "Shards" WHERE "RequestId" = {0} AND "State" = {{(int)ShardState.Waiting}} AND "NotBefore" <= {{NowSql}} ORDER BY "FirstNumber" LIMIT {1} {{SkipLockedSql}})
            UPDATE "Shards" SET "State" = {{(int)ShardState.Queued}}, "QueuedUntil" = {{NowSql}} + {2} WHERE "Id" IN (SELECT "Id" FROM taken)
            RETURNING "Id" AS "Value"
            """;
        var ids = await Database.SqlQueryRaw<long>(sql, requestId, count, (long)queuedFor.TotalMilliseconds).ToListAsync(cancellationToken);
        ids.Sort();
        return ids;
    }

    /// <summary>Whether the database may do the same thing well when it is tried again.</summary>
    public abstract bool IsTransient(Exception exception);

    /// <summary>Why the ledger cannot be used, as an error of its database says.</summary>
    public abstract LedgerFault FaultOf(Exception exception);

    /// <summary>Whether a row was refused since there is one with the same key.</summary>
    public abstract bool IsDuplicate(DbUpdateException exception);

    /// <summary>The error of a driver, however deep it is in those of Entity Framework.</summary>
    protected static TException? Find<TException>(Exception? exception)
        where TException : Exception
    {
        while (exception is not null and not TException)
        {
            exception = exception.InnerException;
        }

        return (TException?)exception;
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDbFunction(typeof(LedgerContext).GetMethod(nameof(Now))!)
            .HasTranslation(_ => new SqlFragmentExpression(NowSql, typeof(long), null));

        modelBuilder.Entity<RequestEntity>(entity =>
        {
            entity.HasKey(request => request.Id);
            entity.Property(request => request.Tenant).HasMaxLength(MaxName);
            entity.Property(request => request.CreatedBy).HasMaxLength(MaxName);
            entity.Property(request => request.Store).HasMaxLength(MaxName);
            entity.Property(request => request.Destination).HasMaxLength(MaxName);
            entity.Property(request => request.IdempotencyKey).HasMaxLength(MaxName);
            entity.Property(request => request.Fingerprint).HasMaxLength(64);
            entity.HasIndex(request => new { request.Tenant, request.IdempotencyKey }).IsUnique();
            entity.HasIndex(request => new { request.State, request.Priority, request.Id });
        });
        modelBuilder.Entity<StudyEntity>(entity =>
        {
            entity.HasKey(study => new { study.RequestId, study.Number });
            var uid = entity.Property(study => study.StudyInstanceUid).HasMaxLength(MaxUid);
            if (BinaryCollation is { } collation)
            {
                uid.UseCollation(collation);
            }

            entity.Property(study => study.Message).HasMaxLength(MaxMessage);
            entity.HasIndex(study => study.StudyInstanceUid);
            entity.HasIndex(study => new { study.RequestId, study.Number }, "IX_Studies_Failed").HasFilter($"\"State\" = {(int)StudyState.Failed}");

            // No foreign key: checking it for each of a million rows of one request would take longer than writing them. They are written in its transaction, and deleted in one with it.
            entity.Property(study => study.State).HasDefaultValue(StudyState.Waiting).HasSentinel(StudyState.Waiting);
            entity.Property(study => study.Reason).HasDefaultValue(FailureReason.None).HasSentinel(FailureReason.None);
            entity.Property(study => study.InstancesSaved).HasDefaultValue(0);
            entity.Property(study => study.InstancesSkipped).HasDefaultValue(0);
            entity.Property(study => study.BytesSaved).HasDefaultValue(0L);
        });
        modelBuilder.Entity<ShardEntity>(entity =>
        {
            entity.HasKey(shard => shard.Id);
            entity.Property(shard => shard.NodeId).HasMaxLength(MaxName);
            entity.Property(shard => shard.RunId).HasMaxLength(32);
            entity.Property(shard => shard.LastError).HasMaxLength(MaxMessage);
            entity.HasIndex(shard => new { shard.RequestId, shard.State, shard.FirstNumber });
            entity.HasIndex(shard => shard.State, "IX_Shards_InHand").HasFilter($"\"State\" IN ({(int)ShardState.Queued}, {(int)ShardState.Running})");
            entity.HasOne<RequestEntity>().WithMany().HasForeignKey(shard => shard.RequestId);
        });
        modelBuilder.Entity<AttemptEntity>(entity =>
        {
            entity.HasKey(attempt => new { attempt.ShardId, attempt.Epoch });
            entity.Property(attempt => attempt.NodeId).HasMaxLength(MaxName);
            entity.Property(attempt => attempt.Message).HasMaxLength(MaxMessage);
            entity.HasIndex(attempt => attempt.RequestId);
        });
        modelBuilder.Entity<NodeEntity>(entity =>
        {
            entity.HasKey(node => node.Id);
            entity.Property(node => node.Id).HasMaxLength(MaxName);
            entity.Property(node => node.Name).HasMaxLength(MaxName);
            entity.Property(node => node.Version).HasMaxLength(MaxName);
        });
        modelBuilder.Entity<AuditEntity>(entity =>
        {
            entity.HasKey(entry => entry.Id);
            entity.Property(entry => entry.Tenant).HasMaxLength(MaxName);
            entity.Property(entry => entry.Actor).HasMaxLength(MaxName);
            entity.Property(entry => entry.Action).HasMaxLength(MaxName);
            entity.Property(entry => entry.Detail).HasMaxLength(MaxMessage);
        });
        ApiKeyEntity.Configure(modelBuilder);
    }
}
