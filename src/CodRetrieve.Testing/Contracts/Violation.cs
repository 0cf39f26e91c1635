namespace CodRetrieve.Testing.Contracts;

/// <summary>Says that a contract is not kept.</summary>
internal static class Violation
{
    /// <param name="isViolated">Whether it is not kept.</param>
    /// <param name="message">What the implementation did, and what it must do.</param>
    /// <param name="cause">What it threw.</param>
    /// <exception cref="ContractViolationException">It is not.</exception>
    public static void If(bool isViolated, string message, Exception? cause = null)
    {
        if (isViolated)
        {
            throw new ContractViolationException(message, cause);
        }
    }
}
