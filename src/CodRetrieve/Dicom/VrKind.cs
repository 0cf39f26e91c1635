namespace CodRetrieve.Dicom;

/// <summary>How the values of a <see cref="Vr"/> are compared.</summary>
internal enum VrKind
{
    /// <summary>Only known when the value is there.</summary>
    Unknown,

    /// <summary>Text in which wildcards match (PS3.4, C.2.2.2.4).</summary>
    Text,

    /// <summary>Text that is compared as a whole: UIDs and tags.</summary>
    Code,

    Number,

    Date,

    Time,

    DateTime,

    /// <summary>An age string: a number of days, weeks, months or years.</summary>
    Age,

    /// <summary>Bytes and sequences: there or not, but never compared.</summary>
    Opaque,
}
