using CodRetrieve.IO;
using CodRetrieve.Storage;

namespace CodRetrieve.Catalog;

/// <summary>Gathers the pages of a study's listing into its series.</summary>
internal sealed class StudyListingBuilder(string study, string under, Func<string, string> getUri)
{
    /// <summary>More series than any real study has; a bound for what a hostile listing can make us hold.</summary>
    public const int MaxSeries = 50_000;

    private const string TarExtension = ".tar";
    private const int MaxWarnings = 20;

    private readonly SortedDictionary<string, Entry> _series = new(StringComparer.Ordinal);
    // Names that differ only in case would meet in one folder on some file systems.
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, CodFormatException> _problems = new(StringComparer.Ordinal);
    private readonly List<string> _warnings = [];

    public void Add(ObjectListPage page)
    {
        foreach (var item in page.Items)
        {
            Add(item);
        }

        foreach (var folder in page.Prefixes)
        {
            var name = Below(folder).TrimEnd('/');
            if (name.Length > 0 && !IsHidden(name) && SeriesOf(name) is { } series)
            {
                series.IsPrefixOnly = true;
            }
        }
    }

    public void Add(ObjectInfo item)
    {
        var rest = Below(item.Name);
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0)
        {
            AddFile(rest[..slash], rest[(slash + 1)..], item);
        }
        else if (rest.EndsWith(TarExtension, StringComparison.Ordinal))
        {
            AddTar(rest[..^TarExtension.Length], item);
        }
    }

    /// <summary>Whether a folder is one that a person or a program keeps for itself.</summary>
    public static bool IsHidden(string folder) => folder is not ("" or "." or "..") && folder[0] == '.';

    public StudyListing Build()
    {
        var series = _series.Select(one => one.Value.ToListing(study, under, one.Key, getUri)).ToArray();
        if (series.Length > 0 && _warnings.Count > 0)
        {
            // Said once of the study.
            series[0] = series[0] with { WarningsOfStudy = _warnings };
        }

        return new StudyListing(study, series, [.. _problems.Values]);
    }

    // What a person, or a program of the system, left beside the series is none: no writer gives such names.
    private void AddTar(string seriesUid, ObjectInfo item)
    {
        if (SystemFile.IsName(seriesUid + TarExtension))
        {
            return;
        }

        if (!SafeUid.IsSafe(seriesUid))
        {
            if (_warnings.Count < MaxWarnings)
            {
                _warnings.Add($"{SafeUid.Printable(getUri(item.Name))}: the name is not that of a series, and the object is left out.");
            }
        }
        else if (SeriesOf(seriesUid) is { } series)
        {
            series.Tar = item;
        }
    }

    private void AddFile(string seriesUid, string file, ObjectInfo item)
    {
        // An object that stands for a folder, or something in one that a system keeps for itself.
        if (file.Length == 0 || IsHidden(seriesUid) || SystemFile.IsName(file) || SeriesOf(seriesUid) is not { } series)
        {
            return;
        }

        switch (file)
        {
            case "metadata.json":
                series.Index = item;
                break;
            case ".gradient.lock":
                series.Lock = item;
                break;
            case "error.log":
                series.HasErrorLog = true;
                break;
        }
    }

    private string Below(string name) => name.StartsWith(under, StringComparison.Ordinal)
        ? name[under.Length..]
        : throw new CodFormatException($"{getUri(under)}: the listing holds objects that were not asked for.");

    private Entry? SeriesOf(string seriesUid)
    {
        if (_series.TryGetValue(seriesUid, out var known))
        {
            return known;
        }

        if (_series.Count + _problems.Count >= MaxSeries)
        {
            throw new CodFormatException($"{getUri(under)}: the listing has more than {MaxSeries} series, which is refused.");
        }

        if (!SafeUid.IsSafe(seriesUid))
        {
            _problems.TryAdd(seriesUid, new CodFormatException($"{SafeUid.Printable(getUri(under + seriesUid))}: a series has a name that cannot be the name of a folder."));
            return null;
        }

        if (!_names.Add(seriesUid))
        {
            _problems.TryAdd(seriesUid, new CodFormatException($"{getUri(under)}{seriesUid}: the name differs from another series' only in case."));
            return null;
        }

        var entry = new Entry();
        _series.Add(seriesUid, entry);
        return entry;
    }

    // What the pages so far have shown of a series.
    private sealed class Entry
    {
        public ObjectInfo? Tar { get; set; }

        public ObjectInfo? Index { get; set; }

        public bool IsPrefixOnly { get; set; }

        public ObjectInfo? Lock { get; set; }

        public bool HasErrorLog { get; set; }

        public SeriesListing ToListing(string study, string under, string series, Func<string, string> getUri) => new()
        {
            Series = new SeriesInfo
            {
                StudyInstanceUid = study,
                SeriesInstanceUid = series,
                TarUri = getUri($"{under}{series}{TarExtension}"),
                TarGeneration = Tar?.Generation,
                TarUpdatedAt = Tar?.UpdatedAt,
                IndexUpdatedAt = Index?.UpdatedAt,
            },
            TarName = $"{under}{series}{TarExtension}",
            IndexName = $"{under}{series}/metadata.json",
            Tar = Tar,
            Index = Index,
            IsPrefixOnly = IsPrefixOnly,
            Lock = Lock,
            HasErrorLog = HasErrorLog,
        };
    }
}
