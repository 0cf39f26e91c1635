namespace CodRetrieve.Service.Configuration;

internal enum DestinationKind
{
    /// <summary>Files below a directory.</summary>
    Folder,

    /// <summary>One zip for each study in a directory.</summary>
    Zip,

    /// <summary>A PACS by STOW-RS.</summary>
    Stow,

    /// <summary>A PACS by C-STORE.</summary>
    Dimse,
}
