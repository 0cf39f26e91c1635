namespace CodRetrieve.Dicom;

/// <summary>What a data set has of an attribute.</summary>
internal enum AttributeState
{
    /// <summary>Nothing. The COD writer leaves out what is not valid DICOM, too.</summary>
    Missing,

    /// <summary>The attribute without a value.</summary>
    Empty,

    /// <summary>The attribute with a value, if only with one that is no text, such as bytes or items.</summary>
    Present,

    /// <summary>It cannot be read whether there is one.</summary>
    Unreadable,
}
