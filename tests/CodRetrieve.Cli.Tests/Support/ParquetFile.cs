using Parquet;
using Parquet.Schema;

namespace CodRetrieve.Cli.Tests.Support;

/// <summary>Writes and reads whole Parquet files, for tests.</summary>
internal static class ParquetFile
{
    /// <summary>A file with columns of text, in row groups of a size.</summary>
    public static async Task<byte[]> OfTextAsync(int groupSize, params (string Name, string?[] Values)[] columns)
    {
        var fields = columns.Select(column => new DataField<string>(column.Name)).ToArray();
        using var content = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), content))
        {
            for (var start = 0; start < columns[0].Values.Length; start += groupSize)
            {
                using var group = writer.CreateRowGroup();
                for (var i = 0; i < fields.Length; i++)
                {
                    await group.WriteAsync(fields[i], [.. columns[i].Values.Skip(start).Take(groupSize)]);
                }
            }
        }

        return content.ToArray();
    }

    /// <summary>A file with one column of a type.</summary>
    public static async Task<byte[]> OfAsync<T>(string name, params T[] values)
        where T : struct
    {
        var field = new DataField<T>(name);
        using var content = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(field), content))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<T>(field, values.AsMemory());
        }

        return content.ToArray();
    }
}
