using CodRetrieve.Saving;
using CodRetrieve.Tests.SharpZipLib;

namespace CodRetrieve.Tests.Saving.Transforms;

/// <summary>The forms in which instances are saved, each of which must keep what is known of transforms.</summary>
public enum SavedForm
{
    Folder,
    Zip,
    Encrypted,
    Layout,
    ZipLayout,
}

internal static class TransformForms
{
    private static readonly FolderLayout Layout = new("{Modality}/{SOPInstanceUID}.dcm");

    public static TheoryData<SavedForm> All => new(Enum.GetValues<SavedForm>());

    public static OutputFormat Format(this SavedForm form) => form is SavedForm.Folder or SavedForm.Layout ? OutputFormat.Folder : OutputFormat.Zip;

    public static void Apply(this SavedForm form, CodDownloadOptions options)
    {
        options.ZipEncryption = form == SavedForm.Encrypted ? new AesZipEncryption(EncryptedZips.Password) : null;
        options.Layout = form is SavedForm.Layout or SavedForm.ZipLayout ? Layout : FolderLayout.Default;
    }

    public static DirectorySaveHandler Create(this SavedForm form, string directory, SavingOptions options)
    {
        options.ZipEncryption = form == SavedForm.Encrypted ? new AesZipEncryption(EncryptedZips.Password) : null;
        options.Layout = form is SavedForm.Layout or SavedForm.ZipLayout ? Layout : FolderLayout.Default;
        return form.Format() == OutputFormat.Folder ? new FolderSaveHandler(directory, options) : new ZipSaveHandler(directory, options);
    }

    /// <summary>The bytes of each file, or each entry of a zip, that a directory has, by SOP Instance UID.</summary>
    public static Dictionary<string, byte[]> Read(this SavedForm form, string directory)
    {
        var files = form.Format() == OutputFormat.Folder
            ? Directory.EnumerateFiles(directory, "*.dcm", SearchOption.AllDirectories).Select(path => (Name: Path.GetFileName(path), Bytes: File.ReadAllBytes(path)))
            : Directory.EnumerateFiles(directory, "*.zip").SelectMany(zip => form == SavedForm.Encrypted
                ? EncryptedZips.Names(zip).Select(name => (Name: name.Split('/')[^1], Bytes: EncryptedZips.Read(zip, EncryptedZips.Password, name)))
                : SavingTools.Names(zip).Select(name => (Name: name.Split('/')[^1], Bytes: SavingTools.Read(zip, name))));
        return files.Where(static file => file.Name.EndsWith(".dcm", StringComparison.Ordinal)).ToDictionary(static file => file.Name[..^4], static file => file.Bytes, StringComparer.Ordinal);
    }
}
