using CodRetrieve.DicomWeb;

namespace CodRetrieve.Service.Configuration;

/// <summary>A destination that requests may name.</summary>
internal sealed class DestinationOptions
{
    /// <summary>Gets or sets the kind. Default <see cref="DestinationKind.Folder"/>.</summary>
    public DestinationKind Kind { get; set; }

    /// <summary>Gets or sets the directory of a folder or of zips. With several nodes it is one that all of them mount.</summary>
    public string? Directory { get; set; }

    /// <summary>Gets or sets the layout of a folder: a name or a path template. Default: <c>{study}/{series}/instances/{sop}.dcm</c>.</summary>
    public string? Layout { get; set; }

    /// <summary>Gets or sets whether the layout may use attributes that identify people. Default <see langword="false"/>.</summary>
    public bool AllowIdentifiers { get; set; }

    /// <summary>Gets or sets the address of a PACS: <c>https://host/dicom-web</c>, or <c>dicom://CALLED@host:port?calling=ME</c>.</summary>
    public string? Url { get; set; }

    /// <summary>Gets or sets the name of a credential for a PACS; <see langword="null"/>, the default, for none.</summary>
    public string? Credential { get; set; }

    /// <summary>Gets or sets a PEM file of certificate authorities to trust for a PACS besides those of the system.</summary>
    public string? CertificateAuthorityFile { get; set; }

    /// <summary>Gets or sets how what a PACS confirmed is verified. Default <see cref="DeliveryVerification.None"/>.</summary>
    public DeliveryVerification Verification { get; set; }

    /// <summary>Gets or sets the directory of the receipts of what was delivered; <see langword="null"/>, the default, for one in the data directory. All nodes mount it.</summary>
    public string? ReceiptDirectory { get; set; }

    /// <summary>Gets or sets the shards that write to it at the same time, on all nodes; <see langword="null"/>, the default, for no limit.</summary>
    public int? MaxShards { get; set; }

    /// <summary>Gets or sets the bytes per second that each node sends to it at most; <see langword="null"/>, the default, for no limit.</summary>
    public long? MaxBytesPerSecond { get; set; }

    /// <summary>Gets the times of the day in which no shard that writes to it begins, such as <c>07:00-18:00</c>, in the machine's time zone.</summary>
    public List<string> QuietHours { get; } = [];
}
