using System.Reflection;
using FellowOakDicom;

namespace CodRetrieve.FoDicom;

/// <summary>
/// Removes from instances what a profile of PS3.15, annex E, says that identifies people, with fo-dicom's <see cref="DicomAnonymizer"/>, before they are saved. A part of a de-identification, and no promise that somebody
/// is not identified: docs/transforms.md names what it does not do.
/// </summary>
/// <remarks>
/// <para>UIDs get pseudonyms by a key, so that references between instances, series and studies stay right over a whole cohort, and in each run. Patient ID and Patient's Name get one that all instances of the patient have.</para>
/// <para>The pixels are copied as they are, with their transfer syntax. Large values are read from the source when they are written, and are not in memory.</para>
/// <para>Immutable; safe for several jobs at once.</para>
/// </remarks>
public sealed class DeidentificationTransform : IInstanceTransform
{
    // Changes whenever the same instance with the same options gives another result.
    private const int Version = 1;

    // Group 0002 names systems, and may have anything in its private part (PS3.10, 7.1).
    private static readonly DicomTag[] SystemTags =
    [
        DicomTag.SourceApplicationEntityTitle, DicomTag.SendingApplicationEntityTitle, DicomTag.ReceivingApplicationEntityTitle,
        DicomTag.SourcePresentationAddress, DicomTag.SendingPresentationAddress, DicomTag.ReceivingPresentationAddress,
        DicomTag.PrivateInformationCreatorUID, DicomTag.PrivateInformation,
    ];

    private readonly Pseudonyms _pseudonyms;
    private readonly DicomAnonymizer.SecurityProfile _profile;
    private readonly bool _allowsBurnedIn;
    private readonly bool _setsRemoved;
    private readonly string _method;

    /// <summary>Initializes a new instance of the <see cref="DeidentificationTransform"/> class.</summary>
    /// <param name="options">How it works.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The profile has no <see cref="DicomAnonymizer.SecurityProfileOptions.BasicProfile"/>: options alone change next to nothing.</exception>
    public DeidentificationTransform(DeidentificationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.Profile.HasFlag(DicomAnonymizer.SecurityProfileOptions.BasicProfile))
        {
            throw new ArgumentException("The profile must contain BasicProfile: options alone leave nearly everything as it is.", nameof(options));
        }

        _pseudonyms = new Pseudonyms(options.Key);
        _profile = DicomAnonymizer.SecurityProfile.LoadProfile(null, options.Profile);
        (_allowsBurnedIn, _setsRemoved) = (options.AllowBurnedInAnnotation, options.SetPatientIdentityRemoved);
        var library = typeof(DicomAnonymizer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        var profile = ((short)options.Profile).ToString(System.Globalization.CultureInfo.InvariantCulture);
        _method = $"CodRetrieve.FoDicom {Version}, fo-dicom {library}, profile {profile}";
        Identity = $"CodRetrieve.FoDicom.Deidentification/{Version} fo-dicom={library} profile={profile} burned-in={(_allowsBurnedIn ? "allowed" : "refused")} removed={(_setsRemoved ? "set" : "unset")} key={_pseudonyms.Fingerprint}";
    }

    /// <inheritdoc/>
    public string Identity { get; }

    /// <inheritdoc/>
    /// <exception cref="DeidentificationException">The instance is not readable, has annotations burned in, or cannot be changed.</exception>
    public async ValueTask TransformAsync(InstanceInfo instance, Stream source, Stream target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        try
        {
            var file = await DicomFile.OpenAsync(source, FileReadOption.ReadLargeOnDemand).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            Deidentify(file);
            await file.SaveAsync(target).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DicomException or DicomDataException or ArgumentException or InvalidOperationException or FormatException or NullReferenceException or OverflowException)
        {
            // Their messages, and those of what they wrap, have values of attributes.
            throw new DeidentificationException($"fo-dicom cannot read, change or write it ({Kinds(e)}). Leave it out by a selection, or de-identify it by other means.");
        }
    }

    private static string Kinds(Exception exception) => exception.InnerException is { } inner ? $"{exception.GetType().Name}, {Kinds(inner)}" : exception.GetType().Name;

    private void Deidentify(DicomFile file)
    {
        var dataset = file.Dataset;
        if (file.Format != DicomFileFormat.DICOM3 || !dataset.Contains(DicomTag.SOPInstanceUID))
        {
            throw new DeidentificationException("It is no DICOM file with a SOP Instance UID (0008,0018). Leave it out by a selection.");
        }

        if (!_allowsBurnedIn && dataset.GetSingleValueOrDefault(DicomTag.BurnedInAnnotation, "").Trim().Equals("YES", StringComparison.OrdinalIgnoreCase))
        {
            throw new DeidentificationException(
                $"Its Burned In Annotation (0028,0301) is YES: the pixels may name the patient. Leave it out by a selection, or allow it ({nameof(DeidentificationOptions)}.{nameof(DeidentificationOptions.AllowBurnedInAnnotation)}).");
        }

        var patient = PseudonymOf(dataset);
        new KeyedAnonymizer(_profile, _pseudonyms).AnonymizeInPlace(file);
        dataset.AddOrUpdate(DicomTag.PatientID, patient);
        dataset.AddOrUpdate(DicomTag.PatientName, patient);
        var methods = dataset.Contains(DicomTag.DeidentificationMethod) ? dataset.GetValues<string>(DicomTag.DeidentificationMethod) : [];
        dataset.AddOrUpdate(DicomTag.DeidentificationMethod, [.. methods, _method]);
        if (_setsRemoved)
        {
            dataset.AddOrUpdate(DicomTag.PatientIdentityRemoved, "YES");
        }

        dataset.Remove(DicomTag.DataSetTrailingPadding);
        file.FileMetaInfo.Remove(SystemTags);
    }

    // Without an identifier, a study's instances stay together, and are not taken for those of other patients without one.
    private string PseudonymOf(DicomDataset dataset)
    {
        var identifier = dataset.GetSingleValueOrDefault(DicomTag.PatientID, "").Trim();
        return identifier.Length > 0
            ? _pseudonyms.OfPatient(dataset.GetSingleValueOrDefault(DicomTag.IssuerOfPatientID, "").Trim(), identifier)
            : _pseudonyms.OfPatient("study", dataset.GetSingleValueOrDefault(DicomTag.StudyInstanceUID, "").Trim(' ', '\0'));
    }
}
