using Parquet;
using Parquet.Schema;

namespace CodRetrieve.Cli.Output;

/// <summary>A table as a Parquet file: sizes as numbers of 64 bits, all else as text. One row group is held in memory.</summary>
internal sealed class ParquetTable : IInstanceTable
{
    private const string BytesColumn = "bytes";
    private const int MaxRows = 50_000;
    private const int MaxCharacters = 1 << 25;

    private readonly PassThroughStream _stream;
    private readonly DataField<long?> _bytes = new(BytesColumn);
    private readonly DataField[] _fields;
    private readonly ParquetSchema _schema;
    private Batch _batch;
    private ParquetWriter? _writer;
    private Task _writing = Task.CompletedTask;

    public ParquetTable(Stream stream, IReadOnlyList<string> columns)
    {
        _stream = new PassThroughStream(stream);
        _fields = [.. InstanceRow.Columns.Concat(columns).Select(name => name == BytesColumn ? (DataField)_bytes : new DataField<string>(name))];
        _schema = new ParquetSchema(_fields);
        _batch = new Batch(_fields.Length);
    }

    public void Add(InstanceRow row, IReadOnlyList<string?> attributes)
    {
        // What a row group failed with comes out at the end.
        if (_writing.IsFaulted)
        {
            return;
        }

        string?[] texts = [row.Study, row.Series, row.Instance, row.Outcome, null, row.Crc32c, row.Path, row.Error, .. attributes];
        _batch.Add(texts, row.Bytes);
        if (_batch.Bytes.Count >= MaxRows || _batch.Characters >= MaxCharacters)
        {
            // The stream writes before it returns, so that this is at its end already, and nothing piles up.
            _writing = WriteAfterAsync(_writing, _batch);
            _batch = new Batch(_fields.Length);
        }
    }

    public async Task CompleteAsync()
    {
        await WriteAfterAsync(_writing, _batch).ConfigureAwait(false);

        // Which writes the end, without which the file is none.
        await _writer!.DisposeAsync().ConfigureAwait(false);
        _stream.Flush();
    }

    private async Task WriteAfterAsync(Task previous, Batch batch)
    {
        await previous.ConfigureAwait(false);
        _writer ??= await ParquetWriter.CreateAsync(_schema, _stream).ConfigureAwait(false);
        if (batch.Bytes.Count == 0)
        {
            return;
        }

        using var group = _writer.CreateRowGroup();
        for (var i = 0; i < _fields.Length; i++)
        {
            await (ReferenceEquals(_fields[i], _bytes)
                ? group.WriteAsync<long>(_bytes, batch.Bytes.ToArray().AsMemory())
                : group.WriteAsync(_fields[i], batch.Texts[i])).ConfigureAwait(false);
        }
    }

    private sealed class Batch(int columns)
    {
        public List<string?>[] Texts { get; } = [.. Enumerable.Range(0, columns).Select(_ => new List<string?>())];

        public List<long?> Bytes { get; } = [];

        public long Characters { get; private set; }

        public void Add(string?[] texts, long? bytes)
        {
            for (var i = 0; i < texts.Length; i++)
            {
                Texts[i].Add(texts[i]);
                Characters += texts[i]?.Length ?? 0;
            }

            Bytes.Add(bytes);
        }
    }
}
