namespace CodRetrieve.Cli.Output;

/// <summary>Sums up a listing. Holds no study.</summary>
internal sealed class ListTotals
{
    private readonly Dictionary<string, long> _classes = new(StringComparer.Ordinal);
    private long _series;
    private long? _instances;
    private long _bytes;
    private long _problems;

    public long Studies { get; private set; }

    public void Add(ListedStudy study)
    {
        Studies++;
        _problems += study.SeriesWithProblems;
        foreach (var series in study.Series)
        {
            var bytes = series.InstanceBytes ?? series.TarBytes ?? 0;
            (_series, _bytes) = (_series + 1, _bytes + bytes);
            _instances = series.InstanceCount is { } count ? (_instances ?? 0) + count : _instances;
            if (series.TarStorageClass is { } name)
            {
                _classes[name] = _classes.GetValueOrDefault(name) + bytes;
            }
        }
    }

    /// <returns>For example <c>2 studies, 5 series, 215 instances, 107.5 MB, 40.0 MB of it in ARCHIVE</c>.</returns>
    public override string ToString() =>
        $"{Studies} {(Studies == 1 ? "study" : "studies")}, {_series} series{(_instances is { } count ? $", {count} {(count == 1 ? "instance" : "instances")}" : "")}, "
        + $"{ByteSize.Text(_bytes)}{StorageClassText.Of(_classes)}{(_problems > 0 ? $"; {_problems} series with problems" : "")}";
}
