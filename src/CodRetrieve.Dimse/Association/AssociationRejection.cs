namespace CodRetrieve.Dimse;

/// <summary>A-ASSOCIATE-RJ and A-ABORT in words (DICOM PS3.8, tables 9-21 and 9-26).</summary>
internal static class AssociationRejection
{
    private const int BodyBytes = 4;
    private const byte Transient = 2;

    public static AssociationException Rejected(ReadOnlySpan<byte> body, DimseAddress address)
    {
        if (body.Length != BodyBytes)
        {
            return AssociationException.Protocol($"an A-ASSOCIATE-RJ of {body.Length} bytes");
        }

        var (result, source, reason) = (body[1], body[2], body[3]);
        var text = (source, reason) switch
        {
            // Of dcm4che, which gives its limit for an AE title with the source of the application.
            (1, 2) when result == Transient => "its limit of associations with the calling AE title is reached. Allow more at the archive, or lower MaxAssociations",
            (1, 2) => "it does not support the DICOM application context. Check that the port is that of a DICOM storage SCP",
            (1, 3) => $"it does not know the calling AE title {address.CallingAeTitle}. Register that title and this machine's address at the archive, or name another one with calling=",
            (1, 7) => $"it does not know the called AE title {address.CalledAeTitle}. Name the title of the archive before the @ of the address",
            (1, 1) => $"it gives no reason. Most archives do this for an unknown calling AE title ({address.CallingAeTitle}) or an address that is not registered with it",
            (2, 2) => "it does not support the protocol version. Check that the port is that of a DICOM storage SCP",
            (2, 1) => "its upper layer gives no reason. Look in the log of the archive",
            (3, 1) => "it is congested for now. Try again later",
            (3, 2) => "its limit of associations is reached. Allow more at the archive, or lower MaxAssociations",
            _ => $"its reason is {reason} of source {source}, which DICOM does not define. Look in the log of the archive",
        };
        return new AssociationException(
            result == Transient || source == 3 ? AssociationFailureKind.Busy : AssociationFailureKind.Rejected,
            $"the peer rejected the association: {text}");
    }

    public static AssociationException Aborted(ReadOnlySpan<byte> body)
    {
        if (body.Length != BodyBytes)
        {
            return AssociationException.Protocol($"an A-ABORT of {body.Length} bytes");
        }

        var text = (body[2], body[3]) switch
        {
            (0, _) => "its application gives no reason",
            (2, 1) => "it did not recognize a PDU",
            (2, 2) => "it did not expect the PDU",
            (2, 4) => "it did not recognize a parameter of a PDU",
            (2, 5) => "it did not expect a parameter of a PDU",
            (2, 6) => "a parameter of a PDU was invalid to it",
            _ => "its upper layer gives no reason",
        };
        return new AssociationException(AssociationFailureKind.Broken, $"the peer aborted the association: {text}. Look in the log of the archive");
    }
}
