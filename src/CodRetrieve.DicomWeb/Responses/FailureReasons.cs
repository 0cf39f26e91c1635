using System.Globalization;

namespace CodRetrieve.DicomWeb;

/// <summary>Failure Reason (0008,1197) and Warning Reason (0008,1196): PS3.18 (I.2), PS3.4 (B.2.3), PS3.7 (annex C), and what receivers add.</summary>
internal static class FailureReasons
{
    private const int DuplicateInstance = 0x0111;
    private const int TransferSyntaxNotSupported = 0xC122;

    // Of Microsoft's dicom-server, which counts both as failures.
    private const int MicrosoftExists = 45070;
    private const int MicrosoftBeingCreated = 45071;

    public static bool MeansAlreadyThere(int? reason) => reason is MicrosoftExists or DuplicateInstance;

    public static bool MeansTransferSyntax(int? reason) => reason == TransferSyntaxNotSupported;

    /// <summary>Whether the same may succeed later: out of resources, or being created by another request.</summary>
    public static bool MayPass(int? reason) => reason is (>= 0xA700 and <= 0xA7FF) or 0x0213 or MicrosoftBeingCreated;

    /// <summary>The reason in words, with its number.</summary>
    public static string Describe(int? reason) => reason is not { } code
        ? "no reason given"
        : string.Create(CultureInfo.InvariantCulture, $"{Words(code)} (failure reason {code}, {code:X4}H)");

    private static string Words(int code) => code switch
    {
        0x0106 => "invalid attribute value",
        0x0110 => "processing failure",
        DuplicateInstance => "duplicate SOP instance",
        0x0112 => "no such SOP instance",
        0x0117 => "invalid SOP instance",
        0x0119 => "class and instance conflict",
        0x0122 => "SOP class not supported",
        0x0124 => "not authorized",
        0x0212 => "mistyped argument",
        0x0213 => "resource limitation",
        >= 0xA700 and <= 0xA7FF => "out of resources",
        0xA900 => "the data set does not match the SOP class, or has an invalid value",
        0xA901 => "the Study Instance UID is not that of the request",
        >= 0xA902 and <= 0xA9FF => "the data set does not match the SOP class",
        0xB000 => "attributes were changed",
        0xB006 => "elements were discarded",
        0xB007 => "the data set does not match the SOP class, and was stored",
        MicrosoftExists => "an instance of this UID is there already",
        MicrosoftBeingCreated => "another request is creating this instance",
        TransferSyntaxNotSupported => "transfer syntax not supported",
        >= 0xC000 and <= 0xCFFF => "the receiver cannot understand the data set",
        _ => "a reason of the receiver's own",
    };
}
