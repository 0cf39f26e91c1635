namespace CodRetrieve.Service.Ledger;

/// <summary>Why the ledger cannot be used for a while.</summary>
internal enum LedgerFault
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>The database does not respond, or ends its connections.</summary>
    Unreachable,

    /// <summary>The disk of the database is full.</summary>
    Full,

    /// <summary>The database is read-only.</summary>
    ReadOnly,

    /// <summary>The database has the schema of an older version, or none.</summary>
    Outdated,
}
