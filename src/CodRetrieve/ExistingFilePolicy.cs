namespace CodRetrieve;

/// <summary>What a job does about an instance in whose place there is a file, or an entry of a zip, already.</summary>
public enum ExistingFilePolicy
{
    /// <summary>
    /// It counts as saved if it is what the store lists now: by its receipt, or, where it has none, by its bytes, which are read and compared once. Else
    /// it is fetched again, and replaced when the new bytes are verified.
    /// </summary>
    VerifyAndReplace,

    /// <summary>It is left as it is and counts as skipped, whatever it holds. A warning tells how many are known to differ from the store.</summary>
    Keep,

    /// <summary>As <see cref="VerifyAndReplace"/>, but an instance that would be replaced fails, and what is there stays.</summary>
    Fail,
}
