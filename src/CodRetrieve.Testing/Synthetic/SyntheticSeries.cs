using System.Text;

namespace CodRetrieve.Testing;

/// <summary>A series of a <see cref="SyntheticStudy"/>, with the objects that the COD writer would store for it.</summary>
/// <remarks>Immutable and thread-safe. The tar is made as it is read and never held as a whole.</remarks>
public sealed class SyntheticSeries
{
    private const long HashedTarLimit = 64L * 1024 * 1024;

    internal SyntheticSeries(SyntheticStudy study, int index, SyntheticSeriesOptions options)
    {
        Study = study;
        Options = options;
        Key = SplitMix64.Word(study.Key, (ulong)index + 100);
        SeriesInstanceUid = options.SeriesInstanceUid ?? SplitMix64.Uid(Key);
        OriginalSeriesInstanceUid = study.IsHashed ? SplitMix64.Uid(~Key) : SeriesInstanceUid;
        SeriesNumber = index + 1;

        var sizes = options.Sizes;
        Instances = [.. sizes.Select((size, i) => Make(i, size, sizes.Count)).Where((_, i) => !options.RemovedInstances.Contains(i))];
        var inTar = Instances.ToList();
        if (options.ScrambledOrder)
        {
            Shuffle(inTar);
        }

        if (options.UnlistedEntry)
        {
            UnlistedInstance = Make(sizes.Count, options.InstanceSizeBytes, sizes.Count);
            inTar.Insert(inTar.Count / 2, UnlistedInstance);
        }

        Tar = TarLayout.Place(inTar, options);
    }

    /// <summary>The study of the series.</summary>
    public SyntheticStudy Study { get; }

    /// <summary>What the series was made from.</summary>
    public SyntheticSeriesOptions Options { get; }

    /// <summary>The Series Instance UID by which the store knows the series; the hashed one in a study with hashed UIDs.</summary>
    public string SeriesInstanceUid { get; }

    /// <summary>The Series Instance UID inside the files; differs from <see cref="SeriesInstanceUid"/> in a study with hashed UIDs.</summary>
    public string OriginalSeriesInstanceUid { get; }

    /// <summary>Series Number (0020,0011), from 1.</summary>
    public int SeriesNumber { get; }

    /// <summary>The instances that metadata.json lists, by their instance numbers.</summary>
    public IReadOnlyList<SyntheticInstance> Instances { get; }

    /// <summary>The instance in the tar that metadata.json lacks; null without
    /// <see cref="SyntheticSeriesOptions.UnlistedEntry"/>.</summary>
    public SyntheticInstance? UnlistedInstance { get; }

    /// <summary>The tar, byte for byte as stored; meaningless with <see cref="SyntheticSeriesOptions.OmitTar"/>.</summary>
    public IObjectContent Tar { get; }

    internal ulong Key { get; }

    /// <summary>The name of the tar object.</summary>
    /// <param name="prefix">What the store's names begin with, such as <c>demo/dicomweb</c>.</param>
    public string TarName(string prefix) => Path(prefix) + ".tar";

    /// <summary>The name of the metadata.json object.</summary>
    /// <param name="prefix">What the store's names begin with, such as <c>demo/dicomweb</c>.</param>
    public string MetadataName(string prefix) => $"{Path(prefix)}/{CodNames.Metadata}";

    /// <summary>Writes metadata.json, not compressed. Computes the CRC32C of every instance, which for gigabytes takes seconds.</summary>
    /// <param name="destination">Where to; not disposed.</param>
    /// <param name="bucketName">The bucket that <c>uri</c> names.</param>
    /// <param name="prefix">What the store's names begin with.</param>
    public void WriteMetadata(Stream destination, string bucketName, string prefix)
    {
        ArgumentNullException.ThrowIfNull(destination);
        new CodMetadataWriter(this, $"gs://{bucketName}/{Path(prefix)}").Write(destination);
    }

    /// <summary>The objects of the series in the order in which the writer uploads them, each made when it is reached.</summary>
    internal IEnumerable<(string Name, IObjectContent Content, TestObjectOptions Options)> Objects(string bucketName, string prefix)
    {
        var folder = Path(prefix) + "/";
        if (Options.Lock)
        {
            yield return Small(folder + CodNames.Lock, "{}"u8);
        }

        if (!Options.OmitMetadata)
        {
            var metadata = CodMetadataWriter.Pack(this, bucketName, prefix);
            var options = TypeOf(CodNames.Metadata) with { ContentEncoding = Options.PackMetadata ? "gzip" : null };
            yield return (folder + CodNames.Metadata, new MemoryContent(metadata), options);
        }

        if (Options.IncludeIndex)
        {
            yield return Small(folder + "index.sqlite", "SQLite format 3\0"u8);
        }

        if (Options.IncludeThumbnail)
        {
            yield return Small(folder + "thumbnail.jpg", [0xFF, 0xD8, 0xFF, 0xD9]);
        }

        if (Options.ErrorLog)
        {
            yield return Small(folder + "error.log", Encoding.ASCII.GetBytes("Synthetic error"));
        }

        if (!Options.OmitTar)
        {
            var hashes = Options.TarHashes ?? (Tar.Length <= HashedTarLimit ? ObjectHashes.Crc32cAndMd5 : ObjectHashes.None);
            yield return (TarName(prefix), Tar, TypeOf(".tar") with { Hashes = hashes });
        }
    }

    private static (string Name, IObjectContent Content, TestObjectOptions Options) Small(string name, ReadOnlySpan<byte> bytes) =>
        (name, new MemoryContent(bytes.ToArray()), TypeOf(name));

    private static TestObjectOptions TypeOf(string name) => new() { ContentType = CodNames.ContentType(name) };

    private string Path(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return CodNames.Series(prefix, Study.StudyInstanceUid, SeriesInstanceUid);
    }

    private SyntheticInstance Make(int index, long size, int listed)
    {
        var key = SplitMix64.Word(Key, (ulong)index + 100);
        var uid = SplitMix64.Uid(key);
        var tags = new DicomTags(
            Study.IsHashed ? SplitMix64.Uid(~key) : uid,
            Study.OriginalStudyInstanceUid,
            OriginalSeriesInstanceUid,
            Options.SopClassUid,
            Options.Modality,
            Options.Description,
            SeriesNumber,
            index + 1);
        var pixels = SplitMix64.Mix(Options.EditedInstances.Contains(index) ? ~key : key);
        return new SyntheticInstance(uid, new InstanceContent(tags, size, Options.AllowTrailingByte, pixels))
        {
            IsCorrupt = index < listed && Options.CorruptInstances.Contains(index),
        };
    }

    private void Shuffle(List<SyntheticInstance> items)
    {
        for (var i = items.Count - 1; i > 0; i--)
        {
            var other = (int)(SplitMix64.Word(Key, (ulong)i) % (ulong)(i + 1));
            (items[i], items[other]) = (items[other], items[i]);
        }
    }
}
