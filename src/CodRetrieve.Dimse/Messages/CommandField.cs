namespace CodRetrieve.Dimse;

/// <summary>The command fields in use (DICOM PS3.7, annex E).</summary>
internal enum CommandField : ushort
{
    StoreRequest = 0x0001,
    EchoRequest = 0x0030,
    StoreResponse = 0x8001,
    EchoResponse = 0x8030,
}
