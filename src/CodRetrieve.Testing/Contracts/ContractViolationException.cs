namespace CodRetrieve.Testing;

/// <summary>An implementation does not keep a contract.</summary>
public sealed class ContractViolationException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="ContractViolationException"/> class.</summary>
    /// <param name="message">What the implementation did, and what it must do.</param>
    /// <param name="innerException">What it threw; <see langword="null"/> for nothing.</param>
    public ContractViolationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
