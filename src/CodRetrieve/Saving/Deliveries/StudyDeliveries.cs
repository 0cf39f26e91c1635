using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>
/// The receipts of one study and receiver: a file of JSON lines that is only added to, each with a CRC32C of its own. A line that is cut or damaged is none. Safe for
/// use by several threads; another process may add to the same file.
/// </summary>
internal sealed class StudyDeliveries : IDisposable
{
    private const string Check = ",\"check\":\"";

    private readonly object _gate = new();
    private readonly Dictionary<string, DeliveryReceipt> _receipts = new(StringComparer.Ordinal);
    private readonly string _path;
    private FileStream? _file;

    private StudyDeliveries(string path) => _path = path;

    public static StudyDeliveries Read(string path)
    {
        var deliveries = new StudyDeliveries(path);
        if (File.Exists(path))
        {
            using var lines = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            while (lines.ReadLine() is { } line)
            {
                deliveries.ReadLine(line);
            }
        }

        return deliveries;
    }

    public DeliveryReceipt? Find(InstanceInfo instance)
    {
        lock (_gate)
        {
            return _receipts.TryGetValue(Key(instance), out var receipt) ? receipt : null;
        }
    }

    public void Add(DeliveryRecord record, string receiver)
    {
        var line = Encoding.UTF8.GetBytes("\n" + Seal(Write(record, receiver)) + "\n");
        lock (_gate)
        {
            if (_file is null)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
                _file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            }

            // With an end of line before it, too: a run that was killed may have left half of one.
            _file.Write(line);
            _receipts[Key(record.Instance)] = record.ToReceipt();
        }
    }

    /// <summary>Makes the receipts durable.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            _file?.Flush(flushToDisk: true);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private static string Key(InstanceInfo instance) => $"{instance.Series.SeriesInstanceUid}/{instance.SopInstanceUid}";

    private static string Seal(string json) => $"{json[..^1]}{Check}{Crc32C.Append(0, Encoding.UTF8.GetBytes(json)):x8}\"}}";

    private static string Write(DeliveryRecord record, string receiver)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", record.Time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("series", record.Instance.Series.SeriesInstanceUid);
            json.WriteString("instance", record.Instance.SopInstanceUid);
            if (record.SopClassUid is { } sopClass)
            {
                json.WriteString("sopClassUid", sopClass);
            }

            json.WriteString("sopInstanceUid", record.SopInstanceUid);
            json.WriteNumber("size", record.SizeBytes);
            json.WriteString("crc32c", Crc32C.Format(record.Crc32c));
            if (record.Instance.Series.TarGeneration is { } generation)
            {
                json.WriteNumber("generation", generation);
            }

            json.WriteString("receiver", receiver);
            json.WriteString("outcome", record.Outcome);
            json.WriteNumber("status", record.Status);
            if (record.Reason is { } reason)
            {
                json.WriteNumber("reason", reason);
            }

            json.WriteString("verified", record.Verified);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void ReadLine(string line)
    {
        var check = line.LastIndexOf(Check, StringComparison.Ordinal);
        if (check < 0 || line != Seal(line[..check] + "}"))
        {
            return;
        }

        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        if (Crc32C.TryParse(Text(root, "crc32c"), out var crc))
        {
            long? generation = root.TryGetProperty("generation", out var number) ? number.GetInt64() : null;
            SopReference? reference = Text(root, "sopClassUid") is { } sopClass && Text(root, "sopInstanceUid") is { } sopInstance ? new(sopClass, sopInstance) : null;
            _receipts[$"{Text(root, "series")}/{Text(root, "instance")}"] = new(root.GetProperty("size").GetInt64(), crc, generation, Text(root, "outcome") ?? "", reference);
        }
    }

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out var value) ? value.GetString() : null;
}
