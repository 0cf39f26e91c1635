using System.CommandLine;

namespace CodRetrieve.Cli.Options;

/// <summary>The options that say where instances are put.</summary>
internal sealed class LayoutOptions
{
    private readonly Option<string> _layout = new("--layout")
    {
        HelpName = "LAYOUT",
        Description = "Where instances are put below DIR, or in their zips: default, flat, idc, patient, media, or a template such as '{PatientID}/{StudyDate:yyyy-MM}_{Modality}/{InstanceNumber:00000}.dcm'. docs/layouts.md has all of it.",
    };

    private readonly Option<string> _saltFile = new("--layout-salt-file")
    {
        HelpName = "FILE",
        Description = "A file with the secret, in its first line, by which 'hash' in a layout makes pseudonyms. Or set COD_RETRIEVE_LAYOUT_SALT.",
    };

    private readonly Option<bool> _allowIdentifiers = new("--allow-identifiers") { Description = "Let attributes that identify people become names of files and values of a report also where the store has hashed UIDs." };

    private readonly Option<bool> _relayout = new("--relayout") { Description = "Move files that were saved in another layout to where this one has them. Zips are not moved." };

    // Needs a library for DICOM, which a program without a runtime does not have.
    private readonly Option<bool> _dicomDirectory = new("--dicomdir") { Hidden = true };

    public LayoutOptions() => _dicomDirectory.Validators.Add(static result =>
    {
        if (!result.Implicit)
        {
            result.AddError(
                "--dicomdir: this program writes no DICOMDIR. Save with --layout media, then run 'dcmmkdir +r +I DICOM' of dcmtk in the directory; in .NET, use MediaSaveHandler of the package CodRetrieve.FoDicom.");
        }
    });

    public void AddTo(Command command, bool saves)
    {
        CommonOption.AddTo(command, _layout, _saltFile);
        AddIdentifiersTo(command);
        if (saves)
        {
            CommonOption.AddTo(command, _relayout, _dicomDirectory);
        }
    }

    /// <summary>Adds the option of a command that has reports, and saves no files.</summary>
    public void AddIdentifiersTo(Command command) => CommonOption.AddTo(command, _allowIdentifiers);

    public LayoutRequest Of(ParseResult parsed) => new()
    {
        Layout = parsed.GetValue(_layout),
        SaltFile = parsed.GetValue(_saltFile),
        AllowIdentifiers = parsed.GetValue(_allowIdentifiers),
        Relayout = parsed.GetValue(_relayout),
    };
}
