using System.IO.Compression;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using CodRetrieve.Verification;

namespace CodRetrieve.Tests.Verification;

/// <summary>A study of two series that is saved already, as a folder or as a zip, and ways to damage it.</summary>
internal sealed class SavedStudy : IAsyncDisposable
{
    private readonly TestStore _store;
    private readonly TempFolder _folder = new();

    private SavedStudy(TestStore store, SyntheticStudy study, bool zip)
    {
        (_store, Study, Zip) = (store, study, zip);
        Cod = store.Open(_folder.Path);
    }

    public CodDownload Cod { get; }

    public SyntheticStudy Study { get; }

    public bool Zip { get; }

    public string Folder => _folder.Path;

    public string ZipPath => Path.Combine(Folder, Study.StudyInstanceUid + ".zip");

    public GcsTestServer Server => _store.Server;

    public TestBucket Bucket => _store.Bucket;

    public static async Task<SavedStudy> CreateAsync(bool zip, SyntheticSeriesOptions? options = null)
    {
        var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(options ?? new() { InstanceCount = 10, InstanceSizeBytes = 20_000 });
        study.AddSeries(new() { InstanceCount = 3, InstanceSizeBytes = 300_000 });
        var saved = new SavedStudy(store, store.Put(study), zip);
        await saved.Cod.CreateWatchedJob([study.StudyInstanceUid], zip ? OutputFormat.Zip : OutputFormat.Folder).RunAsync();
        store.Server.ClearRequests();
        return saved;
    }

    public Task<VerificationResult> VerifyAsync() => Cod.VerifyAsync([Study.StudyInstanceUid], Zip ? OutputFormat.Zip : OutputFormat.Folder);

    public Task<JobResult> RepairAsync(VerificationResult found) => Cod.Repair(found).RunAsync();

    /// <summary>The path of the file, or the name of the entry, of an instance.</summary>
    public string PathOf(int series, int instance)
    {
        var uid = Study.Series[series].SeriesInstanceUid;
        var file = Study.Series[series].Instances[instance].SopInstanceUid + ".dcm";
        return Zip ? $"{uid}/instances/{file}" : Path.Combine(Folder, Study.StudyInstanceUid, uid, "instances", file);
    }

    public void Change(int series, int instance, Func<byte[], byte[]> change)
    {
        var path = PathOf(series, instance);
        if (Zip)
        {
            var bytes = change(Read(path));
            Delete(series, instance);
            Add(path, bytes);
        }
        else
        {
            File.WriteAllBytes(path, change(File.ReadAllBytes(path)));
        }
    }

    public void Delete(int series, int instance)
    {
        if (!Zip)
        {
            File.Delete(PathOf(series, instance));
            return;
        }

        using var zip = ZipFile.Open(ZipPath, ZipArchiveMode.Update);
        zip.GetEntry(PathOf(series, instance))!.Delete();
    }

    /// <summary>Adds a file below the study.</summary>
    public void Add(string name, byte[] bytes)
    {
        if (!Zip)
        {
            var path = Path.Combine(Folder, Study.StudyInstanceUid, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
            return;
        }

        using var zip = ZipFile.Open(ZipPath, ZipArchiveMode.Update);
        using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        entry.Write(bytes);
    }

    public long TarBytesSent() => Server.MediaBytesSent(name => name.EndsWith(".tar", StringComparison.Ordinal));

    /// <summary>Everything below the folder, with times and content, to see that nothing was touched.</summary>
    public IReadOnlyList<string> Snapshot() => [.. Directory
        .EnumerateFileSystemEntries(Folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
        .Order(StringComparer.Ordinal)
        .Select(path => $"{path} {File.GetLastWriteTimeUtc(path):O} {(File.Exists(path) ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))) : "")}")];

    public async ValueTask DisposeAsync()
    {
        await Cod.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    private byte[] Read(string entryName)
    {
        using var zip = ZipFile.OpenRead(ZipPath);
        using var entry = zip.GetEntry(entryName)!.Open();
        using var bytes = new MemoryStream();
        entry.CopyTo(bytes);
        return bytes.ToArray();
    }
}
