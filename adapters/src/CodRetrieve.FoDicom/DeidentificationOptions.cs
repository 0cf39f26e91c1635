using FellowOakDicom;

namespace CodRetrieve.FoDicom;

/// <summary>How a <see cref="DeidentificationTransform"/> works. Copied when that is created.</summary>
public sealed class DeidentificationOptions
{
    private const int MinKeyBytes = 16;

    /// <summary>Initializes a new instance of the <see cref="DeidentificationOptions"/> class.</summary>
    /// <param name="key">
    /// The secret by which UIDs and patients get their pseudonyms, copied: the same secret gives the same ones, in each run and on each machine. At least 16 bytes, which nobody can guess. Who has it can find out which pseudonym an
    /// identifier has that he knows.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="key"/> is shorter.</exception>
    public DeidentificationOptions(ReadOnlySpan<byte> key) => Key = key.Length >= MinKeyBytes
        ? key.ToArray()
        : throw new ArgumentException($"The key for pseudonyms must have at least {MinKeyBytes} bytes; it has {key.Length}.", nameof(key));

    /// <summary>
    /// Gets or sets the profile of PS3.15, E.3, with its options. Default <see cref="DicomAnonymizer.SecurityProfileOptions.BasicProfile"/>, the Basic Application Level Confidentiality Profile as fo-dicom has it.
    /// </summary>
    public DicomAnonymizer.SecurityProfileOptions Profile { get; set; } = DicomAnonymizer.SecurityProfileOptions.BasicProfile;

    /// <summary>
    /// Gets or sets a value indicating whether instances whose Burned In Annotation (0028,0301) is <c>YES</c> are de-identified like others. Default <see langword="false"/>: each fails. Nothing looks at the pixels, and an
    /// instance without the attribute may have text in them all the same.
    /// </summary>
    public bool AllowBurnedInAnnotation { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether Patient Identity Removed (0012,0062) is set to <c>YES</c>. Default <see langword="false"/>: whether it is removed depends on what is in the pixels and in free text, and is for you
    /// to say.
    /// </summary>
    public bool SetPatientIdentityRemoved { get; set; }

    internal byte[] Key { get; }
}
