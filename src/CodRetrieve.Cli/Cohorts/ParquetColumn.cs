using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace CodRetrieve.Cli.Cohorts;

/// <summary>One column of one row group, as text, read from its first row to its last.</summary>
internal abstract class ParquetColumn
{
    /// <summary>Whether a column holds text, as a UID is.</summary>
    public static bool IsText(DataField field) => field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>);

    /// <summary>The text in the next row; <see langword="null"/> for none.</summary>
    public abstract string? Next();

    /// <summary>Reads a column.</summary>
    /// <exception cref="NotSupportedException">What it holds cannot be shown as text.</exception>
    public static Task<ParquetColumn> ReadAsync(ParquetRowGroupReader group, DataField field, CancellationToken cancellationToken)
    {
        var type = field.ClrType;
        return IsText(field) ? Of<ReadOnlyMemory<char>>(static value => value.ToString())
            : type == typeof(int) ? OfNumber<int>()
            : type == typeof(long) ? OfNumber<long>()
            : type == typeof(double) ? OfNumber<double>()
            : type == typeof(float) ? OfNumber<float>()
            : type == typeof(decimal) ? OfNumber<decimal>()
            : type == typeof(uint) ? OfNumber<uint>()
            : type == typeof(ulong) ? OfNumber<ulong>()
            : type == typeof(short) ? OfNumber<short>()
            : type == typeof(ushort) ? OfNumber<ushort>()
            : type == typeof(byte) ? OfNumber<byte>()
            : type == typeof(sbyte) ? OfNumber<sbyte>()
            : type == typeof(bool) ? Of<bool>(static value => value ? "true" : "false")
            : type == typeof(DateTime) ? Of<DateTime>(static value => value.ToString(value.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "O", CultureInfo.InvariantCulture))
            : throw new NotSupportedException($"the column '{field.Name}' has the type {type.Name}, which is no text; write it as a string");

        Task<ParquetColumn> OfNumber<T>()
            where T : struct, IFormattable => Of<T>(static value => value.ToString(null, CultureInfo.InvariantCulture));

        async Task<ParquetColumn> Of<T>(Func<T, string> text)
            where T : struct
        {
            var values = new T[group.RowCount];
            var levels = field.MaxDefinitionLevel > 0 ? new int[group.RowCount] : null;
            Memory<int>? definitionLevels = levels is null ? default(Memory<int>?) : levels.AsMemory();
            await group.ReadRawAsync<T>(field, values, definitionLevels, null, cancellationToken).ConfigureAwait(false);
            return new Typed<T>(values, levels, field.MaxDefinitionLevel, text);
        }
    }

    // Values that are missing have a level and no value.
    private sealed class Typed<T>(T[] values, int[]? levels, int definedLevel, Func<T, string> text) : ParquetColumn
    {
        private int _row;
        private int _value;

        public override string? Next() => levels is null || levels[_row++] == definedLevel ? text(values[_value++]) : null;
    }
}
