namespace CodRetrieve.Service.Ledger;

/// <summary>What has become of a study of a request. The values are stored.</summary>
internal enum StudyState
{
    /// <summary>Not yet decided.</summary>
    Waiting = 0,

    /// <summary>Whole at the destination: durable there, or confirmed by the receiver.</summary>
    Saved = 1,

    /// <summary>Given up; the reason is beside it.</summary>
    Failed = 2,
}
