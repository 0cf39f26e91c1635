namespace CodRetrieve;

/// <summary>The base of what this library throws for faults of stores, data and destinations (not for wrong arguments).</summary>
/// <remarks>Messages hold no token, no query string and no DICOM attribute value.</remarks>
public class CodRetrieveException : Exception
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">What failed, naming the object and the remedy.</param>
    /// <param name="innerException">The cause, or <see langword="null"/>.</param>
    public CodRetrieveException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
