namespace CodRetrieve.Dimse;

/// <summary>The command fields in use (DICOM PS3.7, annex E).</summary>
internal enum CommandField : ushort
{
    StoreRequest = 0x0001,
    FindRequest = 0x0020,
    EchoRequest = 0x0030,
    EventReportRequest = 0x0100,
    ActionRequest = 0x0130,
    StoreResponse = 0x8001,
    FindResponse = 0x8020,
    EchoResponse = 0x8030,
    EventReportResponse = 0x8100,
    ActionResponse = 0x8130,
}
