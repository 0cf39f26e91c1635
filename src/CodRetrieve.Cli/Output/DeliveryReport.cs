using CodRetrieve.DicomWeb;
using CodRetrieve.Dimse;

namespace CodRetrieve.Cli.Output;

/// <summary>What became of the instances that were sent, as JSON.</summary>
internal sealed record DeliveryReport
{
    public required string Receiver { get; init; }

    /// <summary>How many instances had each outcome, those that none had included.</summary>
    public required IReadOnlyDictionary<string, long> Outcomes { get; init; }

    /// <summary>How many instances the receiver refused for their transfer syntax, by its UID; <see langword="null"/> with C-STORE, where the failures name it.</summary>
    public IReadOnlyDictionary<string, long>? TransferSyntaxesToAccept { get; init; }

    public static DeliveryReport Of(string receiver, DeliveryCounts counts) => new()
    {
        Receiver = receiver,
        Outcomes = Enum.GetValues<DeliveryOutcome>().ToDictionary(Json.NameOf, counts.Of, StringComparer.Ordinal),
        TransferSyntaxesToAccept = counts.RejectedTransferSyntaxes,
    };

    public static DeliveryReport Of(string receiver, DimseDeliveryCounts counts) => new()
    {
        Receiver = receiver,
        Outcomes = Enum.GetValues<DimseDeliveryOutcome>().ToDictionary(Json.NameOf, counts.Of, StringComparer.Ordinal),
    };
}
