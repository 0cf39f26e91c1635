namespace CodRetrieve;

/// <summary>What a store holds is not what a Cloud Optimized DICOM store may hold. The message names the object.</summary>
public sealed class CodFormatException : CodRetrieveException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">What is wrong with which object.</param>
    /// <param name="innerException">The cause, or <see langword="null"/>.</param>
    public CodFormatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
