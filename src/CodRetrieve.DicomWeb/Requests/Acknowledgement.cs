namespace CodRetrieve.DicomWeb;

/// <summary>How a receiver confirmed an instance.</summary>
/// <param name="Outcome">Stored, with a warning or not, or there already.</param>
/// <param name="Status">The HTTP status of the response.</param>
/// <param name="Reason">The Warning Reason or Failure Reason.</param>
internal sealed record Acknowledgement(DeliveryOutcome Outcome, int Status, int? Reason);
