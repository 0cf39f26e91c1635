namespace CodRetrieve.DicomWeb;

/// <summary>An instance was not delivered. The job goes on with the others.</summary>
public sealed class DeliveryException : CodRetrieveException
{
    /// <summary>Initializes a new instance of the <see cref="DeliveryException"/> class.</summary>
    /// <param name="outcome">What became of the instance.</param>
    /// <param name="message">What failed, naming the instance and the remedy.</param>
    /// <param name="innerException">The cause, or <see langword="null"/>.</param>
    public DeliveryException(DeliveryOutcome outcome, string message, Exception? innerException = null)
        : base(message, innerException) => Outcome = outcome;

    /// <summary>Gets what became of the instance.</summary>
    public DeliveryOutcome Outcome { get; }

    /// <summary>Gets the Failure Reason (0008,1197) that the receiver gave; <see langword="null"/> for none.</summary>
    public int? FailureReason { get; init; }

    /// <summary>Gets the transfer syntax of the instance as it was sent; <see langword="null"/> where its header does not say.</summary>
    public string? TransferSyntaxUid { get; init; }

    /// <summary>
    /// Gets what the receiver wrote in its <c>Warning</c> header, up to 500 characters; <see langword="null"/> for nothing. Not part of the message: it may name values of
    /// attributes, and so a patient.
    /// </summary>
    public string? ReceiverText { get; init; }
}
