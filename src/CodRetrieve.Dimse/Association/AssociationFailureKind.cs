namespace CodRetrieve.Dimse;

/// <summary>How an association failed, which decides what happens next.</summary>
internal enum AssociationFailureKind
{
    /// <summary>No connection, or no TLS.</summary>
    Unreachable,

    /// <summary>The peer refused the association, and will again.</summary>
    Rejected,

    /// <summary>The peer refused the association for now.</summary>
    Busy,

    /// <summary>The peer accepts associations, but not the presentation context.</summary>
    ContextRejected,

    /// <summary>The association ended: closed, aborted or released by the peer.</summary>
    Broken,

    /// <summary>The peer did nothing for too long.</summary>
    TimedOut,

    /// <summary>The peer sent what the protocol does not allow.</summary>
    Protocol,
}
