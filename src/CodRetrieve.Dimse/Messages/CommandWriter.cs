namespace CodRetrieve.Dimse;

/// <summary>Writes command sets, which are always in Implicit VR Little Endian (DICOM PS3.7, section 6.3.1).</summary>
internal static class CommandWriter
{
    private const ushort NoDataSet = 0x0101;
    private const ushort WithDataSet = 0x0001;

    /// <summary>A C-STORE-RQ (DICOM PS3.7, table 9.3-1), of medium priority.</summary>
    public static byte[] Store(ushort messageId, string sopClassUid, string sopInstanceUid) =>
        Write(sopClassUid, CommandField.StoreRequest, messageId, command => command.Number(0x0000_0700, 0).Number(0x0000_0800, WithDataSet).Uid(0x0000_1000, sopInstanceUid));

    /// <summary>A C-ECHO-RQ (DICOM PS3.7, table 9.3-12).</summary>
    public static byte[] Echo(ushort messageId) =>
        Write(PresentationContext.Verification.AbstractSyntax, CommandField.EchoRequest, messageId, static command => command.Number(0x0000_0800, NoDataSet));

    /// <summary>A C-FIND-RQ (DICOM PS3.7, table 9.3-3), of medium priority.</summary>
    public static byte[] Find(ushort messageId) =>
        Write(PresentationContext.StudyRootFind.AbstractSyntax, CommandField.FindRequest, messageId, static command => command.Number(0x0000_0700, 0).Number(0x0000_0800, WithDataSet));

    /// <summary>An N-ACTION-RQ (DICOM PS3.7, table 10.3-7) that requests storage commitment (PS3.4, section J.3.2).</summary>
    public static byte[] RequestCommitment(ushort messageId)
    {
        var command = new DataSetWriter().UInt(0x0000_0000, 0)
            .Uid(0x0000_0003, PresentationContext.StorageCommitment.AbstractSyntax)
            .Number(0x0000_0100, (ushort)CommandField.ActionRequest)
            .Number(0x0000_0110, messageId)
            .Number(0x0000_0800, WithDataSet)
            .Uid(0x0000_1001, StorageCommitmentModel.SopInstanceUid)
            .Number(0x0000_1008, StorageCommitmentModel.RequestActionTypeId);
        return command.ToCommand();
    }

    /// <summary>The response to a request of the peer: a C-ECHO or an N-EVENT-REPORT (DICOM PS3.7, tables 9.3-13 and 10.3-2).</summary>
    public static byte[] Respond(DimseMessage request, ushort status)
    {
        var command = new DataSetWriter().UInt(0x0000_0000, 0);
        if (request.SopClassUid is { } sopClass)
        {
            command.Uid(0x0000_0002, sopClass);
        }

        command.Number(0x0000_0100, (ushort)((ushort)request.Field | 0x8000)).Number(0x0000_0120, request.MessageId).Number(0x0000_0800, NoDataSet).Number(0x0000_0900, status);
        if (request is { Field: CommandField.EventReportRequest, SopInstanceUid: { } sopInstance })
        {
            command.Uid(0x0000_1000, sopInstance);
        }

        if (request.EventTypeId is { } eventType)
        {
            command.Number(0x0000_1002, eventType);
        }

        return command.ToCommand();
    }

    private static byte[] Write(string sopClassUid, CommandField field, ushort messageId, Func<DataSetWriter, DataSetWriter> rest) => rest(
        new DataSetWriter().UInt(0x0000_0000, 0).Uid(0x0000_0002, sopClassUid).Number(0x0000_0100, (ushort)field).Number(0x0000_0110, messageId)).ToCommand();
}
