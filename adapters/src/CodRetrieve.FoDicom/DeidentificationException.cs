namespace CodRetrieve.FoDicom;

/// <summary>An instance could not be, or must not be, de-identified. The message has no value of an attribute, and there is no inner exception, which might have.</summary>
public sealed class DeidentificationException : CodRetrieveException
{
    /// <summary>Initializes a new instance of the <see cref="DeidentificationException"/> class.</summary>
    /// <param name="message">What failed, and what to do.</param>
    public DeidentificationException(string message)
        : base(message)
    {
    }
}
