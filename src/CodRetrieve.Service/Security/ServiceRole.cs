namespace CodRetrieve.Service.Security;

/// <summary>What a caller may do. Each role may do what those below it may.</summary>
internal enum ServiceRole
{
    /// <summary>Sees requests, their failures and the nodes.</summary>
    Viewer,

    /// <summary>Also creates, pauses, cancels and retries requests.</summary>
    Operator,

    /// <summary>Also reads the audit trail and the job engine's dashboard.</summary>
    Administrator,
}
