using System.Globalization;

namespace CodRetrieve.Dimse;

/// <summary>The status of a C-STORE-RSP (DICOM PS3.4, table B.2-1, and PS3.7, annex C) and what it means.</summary>
internal readonly record struct StoreStatus(ushort Code)
{
    public bool IsStored => Code == 0 || IsWarning;

    /// <summary>Stored, but not quite as it was sent.</summary>
    public bool IsWarning => Code is 0x0001 or 0x0107 or 0x0116 || (Code & 0xF000) == 0xB000;

    public bool IsOutOfResources => (Code & 0xFF00) == 0xA700;

    /// <summary>The code as DICOM writes it, such as <c>A700</c>.</summary>
    public string Hex => Code.ToString("X4", CultureInfo.InvariantCulture);

    public string Text => Code switch
    {
        0x0000 => "stored",
        0xB000 => "the archive changed data elements (coercion)",
        0xB006 => "the archive discarded data elements",
        0xB007 => "the data set does not match its SOP class",
        _ when IsWarning => "the archive reports a warning",
        0x0110 => "the archive failed to process it. Look in the log of the archive",
        0x0111 => "the archive already holds an instance with this SOP Instance UID. Compare the two, or configure the archive to overwrite",
        0x0122 => "the archive does not support the SOP class. Enable it for storage at the archive",
        0x0117 => "the SOP Instance UID is invalid to the archive. Correct the instance in the store",
        0x0118 => "the archive does not know the SOP class. Enable it for storage at the archive",
        0x0124 => "the archive does not authorize it. Permit the calling AE title to store",
        0x0210 or 0x0211 or 0x0212 => "the archive did not accept the operation. Look in the log of the archive",
        _ when IsOutOfResources => "the archive is out of resources. Free space at the archive, or lower MaxAssociations",
        _ when (Code & 0xFF00) == 0xA900 => "the data set does not match the SOP class. Correct the instance in the store, or leave it out of the selection",
        _ when (Code & 0xF000) == 0xC000 => "the archive cannot understand the data set. Look in the log of the archive for the element that it rejects",
        _ => "the archive reports a failure. Look in the log of the archive",
    };
}
