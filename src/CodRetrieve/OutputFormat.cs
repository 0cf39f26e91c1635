namespace CodRetrieve;

/// <summary>The form in which studies are saved.</summary>
public enum OutputFormat
{
    /// <summary>A file per instance: <c>{directory}/{study}/{series}/instances/{sop}.dcm</c>.</summary>
    Folder,

    /// <summary>A zip per study: <c>{directory}/{study}.zip</c> with entries <c>{series}/instances/{sop}.dcm</c>.</summary>
    Zip,
}
