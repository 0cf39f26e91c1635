using System.Buffers.Text;
using System.Text;
using CodRetrieve.Dicom;
using CodRetrieve.IO;
using CodRetrieve.Storage;

namespace CodRetrieve.Catalog;

/// <summary>
/// Reads the instances out of a series' <c>metadata.json</c> (the COD writer's <c>cod.instances</c>). Attributes that nobody needs are skipped without being
/// built: memory grows with the number of instances only.
/// </summary>
internal sealed class SeriesIndexReader
{
    /// <summary>More instances than any real series has; a bound for what a hostile index can make us hold.</summary>
    public const int MaxInstances = 500_000;

    /// <summary>More entries that cannot be retrieved than this are not named one by one: the index as a whole is wrong.</summary>
    public const int MaxProblems = 10_000;

    private readonly JsonScanner _json;
    // Filled while the index is read, and seen by nobody until it is whole.
    private readonly List<InstanceInfo> _instances = [];
    private readonly SeriesInfo _series;
    private readonly string _uri;
    private readonly List<CodFormatException> _problems = [];
    // Names that differ only in case would meet in one file on some file systems.
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly string _place;
    private Dictionary<string, int>? _positions;
    private int _entries;
    private long _bytes;
    private readonly AttributeNeeds _needs;
    private readonly MetadataDecoderPool _decoders;
    private readonly List<InstanceJudgement> _judgements = [];
    private MetadataDecoder? _decoder;
    private SeriesAttributes? _attributes;
    private bool _isHashed;
    private bool _isSeriesKnown;
    private bool _isSeriesExcluded;

    private SeriesIndexReader(JsonScanner json, SeriesInfo series, string uri, AttributeNeeds needs, MetadataDecoderPool decoders)
    {
        (_json, _needs, _decoders) = (json, needs, decoders);
        _series = series.With(_instances);
        _uri = uri;
        _place = $"studies/{series.StudyInstanceUid}/series/{series.SeriesInstanceUid}.tar";
    }

    /// <summary>Reads the whole of the JSON.</summary>
    /// <param name="json">The JSON, decompressed. Not disposed here.</param>
    /// <param name="series">The series that the index must be of; only its names are used.</param>
    /// <param name="uri">The index's URI, for messages.</param>
    /// <param name="needs">What is read of the attributes.</param>
    /// <param name="decoders">The decoders of attributes.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The series with the instances that can be requested, a problem for each entry that cannot, and what was needed of the attributes.</returns>
    /// <exception cref="CodFormatException">The JSON is cut off, malformed, of another series, or beyond a bound.</exception>
    public static async Task<SeriesIndex> ReadAsync(
        Stream json, SeriesInfo series, string uri, AttributeNeeds needs, MetadataDecoderPool decoders, CancellationToken cancellationToken)
    {
        using var scanner = new JsonScanner(json, uri);
        var reader = new SeriesIndexReader(scanner, series, uri, needs, decoders);
        try
        {
            await reader.ReadRootAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (reader._decoder is { } decoder)
            {
                decoders.Return(decoder);
            }
        }

        return new SeriesIndex(reader._series, reader._problems) { Attributes = reader._attributes, Judgements = reader.Judgements(), IsHashed = reader._isHashed };
    }

    private async Task ReadRootAsync(CancellationToken cancellationToken)
    {
        var hasInstances = false;
        await _json.EnterObjectAsync(cancellationToken).ConfigureAwait(false);
        while (await _json.ReadNameAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_json.Text.SequenceEqual("cod"u8))
            {
                hasInstances |= await ReadCodAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (_json.Text.SequenceEqual("study_uid"u8) || _json.Text.SequenceEqual("deid_study_uid"u8))
            {
                _isHashed |= _json.Text.StartsWith("deid_"u8);
                await CheckOwnerAsync(_series.StudyInstanceUid, cancellationToken).ConfigureAwait(false);
            }
            else if (_json.Text.SequenceEqual("series_uid"u8) || _json.Text.SequenceEqual("deid_series_uid"u8))
            {
                _isHashed |= _json.Text.StartsWith("deid_"u8);
                await CheckOwnerAsync(_series.SeriesInstanceUid, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await _json.SkipValueAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        await _json.ReadEndAsync(cancellationToken).ConfigureAwait(false);
        if (!hasInstances)
        {
            throw new CodFormatException($"{_uri}: the index has no cod.instances.");
        }
    }

    // Instances of another patient saved under this study's name would be worse than none.
    private async ValueTask CheckOwnerAsync(string uid, CancellationToken cancellationToken)
    {
        if (!await _json.ReadScalarAsync(cancellationToken).ConfigureAwait(false) || !_json.Text.SequenceEqual(Encoding.UTF8.GetBytes(uid)))
        {
            throw new CodFormatException($"{_uri}: the index is of another study or series.");
        }
    }

    private async ValueTask<bool> ReadCodAsync(CancellationToken cancellationToken)
    {
        var hasInstances = false;
        await _json.EnterObjectAsync(cancellationToken).ConfigureAwait(false);
        while (await _json.ReadNameAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_json.Text.SequenceEqual("instances"u8))
            {
                hasInstances = true;
                await ReadInstancesAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await _json.SkipValueAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return hasInstances;
    }

    private async ValueTask ReadInstancesAsync(CancellationToken cancellationToken)
    {
        await _json.EnterObjectAsync(cancellationToken).ConfigureAwait(false);
        while (await _json.ReadNameAsync(cancellationToken).ConfigureAwait(false))
        {
            var sop = Encoding.UTF8.GetString(_json.Text);
            if (_entries++ == MaxInstances)
            {
                throw new CodFormatException($"{_uri}: the index lists more than {MaxInstances} instances, which is refused.");
            }

            if (!SafeUid.IsSafe(sop))
            {
                AddProblem(sop, "its name cannot be the name of a file");
                await _json.SkipValueAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (!_names.Add(sop) && !IsListed(sop))
            {
                AddProblem(sop, "its name differs from another's only in case; the first entry is used");
                await _json.SkipValueAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (!await _json.IsObjectNextAsync(cancellationToken).ConfigureAwait(false))
            {
                AddProblem(sop, "its entry is not an object");
                await _json.SkipValueAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await ReadInstanceAsync(sop, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask ReadInstanceAsync(string sop, CancellationToken cancellationToken)
    {
        long? size = null;
        long? start = null;
        long? end = null;
        uint? crc32c = null;
        var isElsewhere = false;
        DicomDataset? attributes = null;
        await _json.EnterObjectAsync(cancellationToken).ConfigureAwait(false);
        while (await _json.ReadNameAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_json.Text.SequenceEqual("size"u8))
            {
                size = await ReadNumberAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (_json.Text.SequenceEqual("crc32c"u8))
            {
                crc32c = await ReadCrc32cAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (_json.Text.SequenceEqual("uri"u8) || _json.Text.SequenceEqual("url"u8))
            {
                isElsewhere |= await _json.ReadScalarAsync(cancellationToken).ConfigureAwait(false) && NamesAnotherPlace(_json.Text, sop);
            }
            else if (_json.Text.SequenceEqual("headers"u8) && await _json.IsObjectNextAsync(cancellationToken).ConfigureAwait(false))
            {
                (start, end) = await ReadHeadersAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (_json.Text.SequenceEqual("metadata"u8) && NeedsAttributes(sop))
            {
                _decoder ??= _decoders.Take();
                attributes = await _decoder.ReadAsync(_json, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await _json.SkipValueAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        if (isElsewhere)
        {
            AddProblem(sop, "its uri names another study, series or instance");
            return;
        }

        // Offsets that cannot be are as good as none: the instance is then looked for by its name.
        var range = start is { } first && end is { } behind && behind > first && (size is null || size == behind - first)
            ? new ByteRange(first, behind)
            : (ByteRange?)null;
        _bytes += size ?? range?.Length ?? 0;
        if (_bytes > ObjectLimits.MaxBytes)
        {
            throw new CodFormatException($"{_uri}: the index lists more bytes than one tar can hold.");
        }

        ReadSeries(attributes);
        var judgement = Judge(sop, attributes);
        Add(
            new InstanceInfo
            {
                Series = _series,
                SopInstanceUid = sop,
                SizeBytes = size ?? range?.Length,
                Crc32c = crc32c,
                TarRange = range,
                KeptAttributes = attributes is { IsReadable: true } && _needs.Kept.Count > 0 && (judgement.IsMet != false || _needs.MayWiden) ? attributes.Subset(_needs.Kept) : null,
            },
            judgement);
    }

    private bool NeedsAttributes(string sop) =>
        (!_isSeriesKnown && _needs.OfSeries)
        || (_needs.OfInstances && (_needs.MayWiden || (!_isSeriesExcluded && _needs.Condition?.IsExcluded(_series, sop) != true)));

    // What concerns the series is the same in all of its instances.
    private void ReadSeries(DicomDataset? attributes)
    {
        if (!_isSeriesKnown && attributes is { IsReadable: true })
        {
            _isSeriesKnown = true;
            _attributes = _needs.OfSeries ? SeriesAttributes.Of(attributes) : null;
            _isSeriesExcluded = _needs.Condition?.IsSeriesExcluded(attributes) ?? false;
        }
    }

    private InstanceJudgement Judge(string sop, DicomDataset? attributes)
    {
        if (!_needs.Judges)
        {
            return default;
        }

        var number = _needs.InstanceNumbers && attributes is not null ? SeriesAttributes.InstanceNumberOf(attributes) : null;
        if (_needs.Condition is not { } condition)
        {
            return new InstanceJudgement(true, number);
        }

        try
        {
            return new InstanceJudgement(
                _isSeriesExcluded || condition.IsExcluded(_series, sop) ? false : !condition.NeedsAttributes ? true : attributes is null ? null : condition.IsMet(attributes),
                number);
        }
        catch (CodFormatException e)
        {
            AddProblem(sop, e.Message);
            return new InstanceJudgement(false, number);
        }
    }

    private List<InstanceJudgement>? Judgements() =>
        !_needs.Judges ? null
        : !_isSeriesExcluded ? _judgements
        : [.. _judgements.Select(static judgement => judgement with { IsMet = false })];

    // Of an instance that is listed twice the last entry counts, as for the writer's own reader (Python's).
    private void Add(InstanceInfo instance, InstanceJudgement judgement)
    {
        if (_positions is not null && !_positions.TryAdd(instance.SopInstanceUid, _instances.Count))
        {
            var position = _positions[instance.SopInstanceUid];
            _bytes -= _instances[position].SizeBytes ?? 0;
            _instances[position] = instance;
            if (_needs.Judges)
            {
                _judgements[position] = judgement;
            }
        }
        else
        {
            _instances.Add(instance);
            if (_needs.Judges)
            {
                _judgements.Add(judgement);
            }
        }
    }

    // The places are noted from the first repetition on: an index without one needs no memory for them.
    private bool IsListed(string sop)
    {
        _positions ??= Enumerable.Range(0, _instances.Count).ToDictionary(i => _instances[i].SopInstanceUid, StringComparer.Ordinal);
        return _positions.ContainsKey(sop);
    }

    private async ValueTask<(long? Start, long? End)> ReadHeadersAsync(CancellationToken cancellationToken)
    {
        long? start = null;
        long? end = null;
        await _json.EnterObjectAsync(cancellationToken).ConfigureAwait(false);
        while (await _json.ReadNameAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_json.Text.SequenceEqual("start_byte"u8))
            {
                start = await ReadNumberAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (_json.Text.SequenceEqual("end_byte"u8))
            {
                end = await ReadNumberAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await _json.SkipValueAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return (start, end);
    }

    // A number that is none, negative or beyond any object's size counts as not given, whether written bare or as a string.
    private async ValueTask<long?> ReadNumberAsync(CancellationToken cancellationToken) =>
        await _json.ReadScalarAsync(cancellationToken).ConfigureAwait(false)
        && Utf8Parser.TryParse(_json.Text, out long number, out var used) && used == _json.Text.Length && number is >= 0 and <= ObjectLimits.MaxBytes
            ? number
            : null;

    private async ValueTask<uint?> ReadCrc32cAsync(CancellationToken cancellationToken) =>
        await _json.ReadScalarAsync(cancellationToken).ConfigureAwait(false)
        && Crc32C.TryParse(Encoding.UTF8.GetString(_json.Text), out var crc) ? crc : null;

    // A copied store keeps its old bucket and prefix here; what follows must be this instance.
    private bool NamesAnotherPlace(ReadOnlySpan<byte> utf8, string sop)
    {
        var uri = Encoding.UTF8.GetString(utf8);
        var studies = uri.LastIndexOf("studies/", StringComparison.Ordinal);
        return studies >= 0 && !uri.AsSpan(studies).Equals($"{_place}://instances/{sop}.dcm", StringComparison.Ordinal);
    }

    // In a damaged index anything may stand where a UID should, also what must not be repeated, a patient's name or a path: only what looks like a UID is.
    private string NameOf(string sop) =>
        SafeUid.IsSafe(sop) && sop.AsSpan().ContainsAnyInRange('0', '9') ? $"'{sop}'" : $"number {_entries}, whose name is not a UID,";

    private void AddProblem(string sop, string what)
    {
        if (_problems.Count == MaxProblems)
        {
            throw new CodFormatException($"{_uri}: more than {MaxProblems} instances of the index cannot be retrieved. The last one: {what}.");
        }

        _problems.Add(new CodFormatException($"{_uri}: the instance {NameOf(sop)} cannot be retrieved: {what}."));
    }
}
