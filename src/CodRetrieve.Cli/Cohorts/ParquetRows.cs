using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Parquet;
using Parquet.Schema;

namespace CodRetrieve.Cli.Cohorts;

/// <summary>The rows of a Parquet file: one row group at a time, and of that the columns that are needed.</summary>
internal static class ParquetRows
{
    private const int TailLength = 8;
    private const long MaxGroupBytes = 1L << 30;

    // Of a damaged file the library's reader may read a length that never ends.
    private static readonly TimeSpan MaxOpening = TimeSpan.FromMinutes(1);

    public static async IAsyncEnumerable<CohortLine> ReadAsync(
        Stream stream, CohortRowBuilder builder, IReadOnlyCollection<string> wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = await OpenAsync(stream, cancellationToken).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        var fields = FieldsOf(reader);
        var columns = CohortColumns.Of([.. fields.Select(field => field.Name)], wanted);
        Check(columns, fields, builder.Scope);
        int[] needed = [.. columns.Study, .. builder.Scope == CohortScope.All ? columns.Series.Concat(columns.Instance) : [], .. columns.Others];
        var cells = new string?[fields.Length];
        var row = 0L;
        for (var index = 0; index < reader.RowGroupCount; index++)
        {
            var group = GroupOf(reader, index, row + 1);
            var texts = await ReadAsync(group, [.. needed.Select(column => fields[column])], index, row + 1, cancellationToken).ConfigureAwait(false);
            for (var i = 0L; i < group.RowCount; i++)
            {
                for (var column = 0; column < needed.Length; column++)
                {
                    var text = texts[column].Next();
                    cells[needed[column]] = column < needed.Length - columns.Others.Count ? CohortUid.OfCell(text) : text;
                }

                yield return builder.Build(++row, columns, cells);
            }
        }
    }

    // Both look only now at what was read of a damaged file.
    private static DataField[] FieldsOf(ParquetReader reader)
    {
        try
        {
            return [.. reader.Schema.Fields.OfType<DataField>().Where(field => field.MaxRepetitionLevel == 0)];
        }
        catch (Exception e)
        {
            throw Damaged(1, e);
        }
    }

    private static ParquetRowGroupReader GroupOf(ParquetReader reader, int index, long row)
    {
        try
        {
            return reader.OpenRowGroupReader(index);
        }
        catch (Exception e)
        {
            throw Damaged(row, e);
        }
    }

    private static void Check(CohortColumns columns, DataField[] fields, CohortScope scope)
    {
        if (!columns.Any)
        {
            throw new CohortFormatException(1, $"no column is named StudyInstanceUID, SeriesInstanceUID or SOPInstanceUID; there are {string.Join(", ", fields.Select(field => field.Name).Take(20))}");
        }

        if (scope == CohortScope.Studies && columns.Study.Count == 0)
        {
            throw new CohortFormatException(1, "the columns name series or instances, and no studies; give the list by --from");
        }

        foreach (var column in columns.Uids)
        {
            if (!ParquetColumn.IsText(fields[column]))
            {
                throw new CohortFormatException(1, $"the column '{fields[column].Name}' has the type {fields[column].ClrType.Name}, and a UID is text: numbers lose its digits. Read it as text where the file is made");
            }
        }
    }

    private static async Task<ParquetReader> OpenAsync(Stream stream, CancellationToken cancellationToken)
    {
        await CheckTailAsync(stream, cancellationToken).ConfigureAwait(false);
        try
        {
            var options = new ParquetOptions { TreatByteArrayAsString = true };
            return await Task.Run(() => ParquetReader.CreateAsync(new ParquetInput(stream), options, leaveStreamOpen: true, cancellationToken), cancellationToken)
                .WaitAsync(MaxOpening, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw Damaged(1, e);
        }
    }

    // What is written last says where everything is.
    private static async Task CheckTailAsync(Stream stream, CancellationToken cancellationToken)
    {
        var tail = new byte[TailLength];
        stream.Position = Math.Max(0, stream.Length - TailLength);
        var length = await stream.ReadAtLeastAsync(tail, tail.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (length < TailLength || !FileSignature.IsParquet(tail.AsSpan(4)) || BinaryPrimitives.ReadUInt32LittleEndian(tail) > stream.Length - TailLength)
        {
            throw new CohortFormatException(1, "a Parquet file whose end is missing: it is broken off, or still being written. Copy it again");
        }
    }

    private static async Task<ParquetColumn[]> ReadAsync(ParquetRowGroupReader group, DataField[] fields, int index, long row, CancellationToken cancellationToken)
    {
        if (group.RowCount < 0 || fields.Sum(field => (24 * group.RowCount) + (2 * (group.GetMetadata(field)?.MetaData?.TotalUncompressedSize ?? 0))) > MaxGroupBytes)
        {
            throw new CohortFormatException(row, $"the row group {index} has {group.RowCount} rows, which are held in memory together: write the file with row groups of at most 1000000 rows");
        }

        try
        {
            var columns = new ParquetColumn[fields.Length];
            for (var i = 0; i < fields.Length; i++)
            {
                columns[i] = group.GetMetadata(fields[i])?.MetaData?.NumValues == group.RowCount
                    ? await ParquetColumn.ReadAsync(group, fields[i], cancellationToken).ConfigureAwait(false)
                    : throw new InvalidDataException($"the column '{fields[i].Name}' has another number of rows");
            }

            return columns;
        }
        catch (NotSupportedException e)
        {
            throw new CohortFormatException(row, e.Message, e);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw Damaged(row, e);
        }
    }

    private static CohortFormatException Damaged(long row, Exception cause) =>
        new(row, $"a Parquet file that is damaged, or of a kind that cannot be read ({cause.Message.TrimEnd('.')})", cause);
}
