namespace CodRetrieve.Saving;

/// <summary>What a record of a receipt file says.</summary>
internal enum ReceiptKind : byte
{
    /// <summary>A run begins to write; the name is the identifier of the boot.</summary>
    Run = 1,

    /// <summary>An instance was saved.</summary>
    Saved = 2,

    /// <summary>An instance was there without a receipt, and is what the store lists.</summary>
    Adopted = 3,

    /// <summary>An instance was deleted.</summary>
    Removed = 4,

    /// <summary>All that the run saved so far is durable.</summary>
    Durable = 5,

    /// <summary>What the instance of the next record was made of.</summary>
    Source = 6,

    /// <summary>An instance was saved as a transform made it. Means nothing without the record before it.</summary>
    Transformed = 7,
}
