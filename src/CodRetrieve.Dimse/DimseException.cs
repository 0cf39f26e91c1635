namespace CodRetrieve.Dimse;

/// <summary>An instance could not be delivered: the archive refused it, the association broke while it was sent, or it cannot be sent.</summary>
/// <remarks>The message names the instance by its UIDs and holds no attribute of the patient, and no comment of the archive, which may.</remarks>
public sealed class DimseException : CodRetrieveException
{
    /// <summary>Initializes a new instance of the <see cref="DimseException"/> class.</summary>
    /// <param name="message">What failed, to what, and what to do.</param>
    /// <param name="innerException">The cause, or <see langword="null"/>.</param>
    public DimseException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Gets the status of the archive's response (DICOM PS3.4, table B.2-1), such as 0xA700; <see langword="null"/> where there was none.</summary>
    public int? Status { get; init; }

    /// <summary>Gets what became of the instance. Default <see cref="DimseDeliveryOutcome.Unknown"/>.</summary>
    public DimseDeliveryOutcome Outcome { get; init; } = DimseDeliveryOutcome.Unknown;
}
