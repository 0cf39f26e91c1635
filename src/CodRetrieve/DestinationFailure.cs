namespace CodRetrieve;

/// <summary>What is wrong with a destination.</summary>
public enum DestinationFailure
{
    /// <summary>No space is left on the device, or a quota is used up.</summary>
    Full,

    /// <summary>The folder cannot be made or written: permissions, a read-only device, or a file in its place.</summary>
    NotWritable,

    /// <summary>Another process is saving into the same folder.</summary>
    InUse,

    /// <summary>What is in the folder was saved in another <see cref="FolderLayout"/>.</summary>
    OtherLayout,

    /// <summary>A receiver that instances are sent to gives no response, or none that it could be worked with, for longer than is waited.</summary>
    Unreachable,

    /// <summary>A receiver refuses the credential, or demands one.</summary>
    AccessDenied,

    /// <summary>What is in the folder was made by an <see cref="IInstanceTransform"/>, and the job has none.</summary>
    OtherTransform,
}
