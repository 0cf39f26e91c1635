namespace CodRetrieve.Testing;

/// <summary>A study in Cloud Optimized DICOM form, made up from a seed: the same seed and options give the same bytes, always.</summary>
/// <remarks>Add series first, then use it: adding is not thread-safe, everything else is.</remarks>
public sealed class SyntheticStudy
{
    private const int BufferSize = 256 * 1024;

    private readonly List<SyntheticSeries> _series = [];

    /// <summary>Makes a study without series.</summary>
    /// <param name="studyUid">The Study Instance UID; null, the default, derives a <c>2.25</c> UID from the seed.</param>
    /// <param name="seed">The seed of every UID and every pixel; 0 by default.</param>
    /// <param name="hashed">Whether the store holds hashed UIDs (<c>deid_study_uid</c>), so that names and keys differ from the UIDs
    /// inside the
    /// files; false by default.</param>
    public SyntheticStudy(string? studyUid = null, int seed = 0, bool hashed = false)
    {
        Seed = seed;
        IsHashed = hashed;
        Key = SplitMix64.Mix((ulong)seed ^ 0xC0D0_0000_0000_0000);
        StudyInstanceUid = studyUid ?? SplitMix64.Uid(Key);
        OriginalStudyInstanceUid = hashed ? SplitMix64.Uid(~Key) : StudyInstanceUid;
    }

    /// <summary>The Study Instance UID by which the store knows the study; the hashed one where <see cref="IsHashed"/>.</summary>
    public string StudyInstanceUid { get; }

    /// <summary>The Study Instance UID inside the files; differs from <see cref="StudyInstanceUid"/> where <see cref="IsHashed"/>.</summary>
    public string OriginalStudyInstanceUid { get; }

    /// <summary>The seed.</summary>
    public int Seed { get; }

    /// <summary>Whether the store holds hashed UIDs.</summary>
    public bool IsHashed { get; }

    /// <summary>The series, in the order in which they were added.</summary>
    public IReadOnlyList<SyntheticSeries> Series => _series;

    internal ulong Key { get; }

    /// <summary>Adds a series.</summary>
    /// <param name="options">What it is made of; null for the defaults.</param>
    /// <returns>The series, with its instances.</returns>
    /// <exception cref="ArgumentException">A size is odd without <see cref="SyntheticSeriesOptions.AllowTrailingByte"/>, too small or too
    /// large.</exception>
    public SyntheticSeries AddSeries(SyntheticSeriesOptions? options = null)
    {
        var series = new SyntheticSeries(this, _series.Count, options ?? new SyntheticSeriesOptions());
        _series.Add(series);
        return series;
    }

    /// <summary>Puts the objects of every series into a bucket. Tars are not held in memory; each metadata.json is. Computes the CRC32C
    /// of
    /// every instance, which for gigabytes takes seconds.</summary>
    /// <param name="bucket">Where to.</param>
    /// <param name="prefix">What the store's names begin with; <c>demo/dicomweb</c> by default, and empty for none.</param>
    public void PutInto(TestBucket bucket, string prefix = "demo/dicomweb")
    {
        ArgumentNullException.ThrowIfNull(bucket);
        foreach (var (name, content, options) in _series.SelectMany(series => series.Objects(bucket.Name, prefix)))
        {
            bucket.Put(name, content, options);
        }
    }

    /// <summary>Writes the objects of every series as files below a directory, as a copy of the bucket would hold them: metadata.json
    /// stays
    /// compressed.</summary>
    /// <param name="directory">The directory; made if it is not there. Files of the same names are replaced.</param>
    /// <param name="prefix">What the store's names begin with; <c>demo/dicomweb</c> by default, and empty for none.</param>
    /// <param name="bucketName">The bucket that <c>uri</c> names in metadata.json.</param>
    /// <param name="cancellationToken">Ends the writing; a file begun stays half.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task WriteToDirectoryAsync(
        string directory, string prefix = "demo/dicomweb", string bucketName = "synthetic", CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        foreach (var (name, content, _) in _series.SelectMany(series => series.Objects(bucketName, prefix)))
        {
            var path = Path.Combine(directory, name.Replace('/', Path.DirectorySeparatorChar));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
            await using (file.ConfigureAwait(false))
            {
                using var source = content.OpenRead();
                await source.CopyToAsync(file, BufferSize, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
