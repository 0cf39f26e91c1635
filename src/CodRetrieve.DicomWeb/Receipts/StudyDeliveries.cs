using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CodRetrieve.IO;

namespace CodRetrieve.DicomWeb;

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

    public void Add(Outgoing sent, Acknowledgement acknowledgement, string receiver, DeliveryVerification verification, DateTimeOffset time)
    {
        var receipt = new DeliveryReceipt(sent.SizeBytes, sent.Crc32c, sent.Instance.Series.TarGeneration);
        var line = Encoding.UTF8.GetBytes("\n" + Seal(Write(sent, receipt, acknowledgement, receiver, verification, time)) + "\n");
        lock (_gate)
        {
            if (_file is null)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
                _file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            }

            // With an end of line before it, too: a run that was killed may have left half of one.
            _file.Write(line);
            _receipts[Key(sent.Instance)] = receipt;
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

    private static string Write(
        Outgoing sent, DeliveryReceipt receipt, Acknowledgement acknowledgement, string receiver, DeliveryVerification verification, DateTimeOffset time)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("series", sent.Instance.Series.SeriesInstanceUid);
            json.WriteString("instance", sent.Instance.SopInstanceUid);
            json.WriteString("sopInstanceUid", sent.SopInstanceUid);
            json.WriteNumber("size", receipt.SizeBytes);
            json.WriteString("crc32c", Crc32C.Format(receipt.Crc32c));
            if (receipt.TarGeneration is { } generation)
            {
                json.WriteNumber("generation", generation);
            }

            json.WriteString("receiver", receiver);
            json.WriteString("outcome", acknowledgement.Outcome.ToString());
            json.WriteNumber("status", acknowledgement.Status);
            if (acknowledgement.Reason is { } reason)
            {
                json.WriteNumber("reason", reason);
            }

            json.WriteString("verified", verification.ToString());
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
        if (Crc32C.TryParse(root.GetProperty("crc32c").GetString(), out var crc))
        {
            long? generation = root.TryGetProperty("generation", out var number) ? number.GetInt64() : null;
            _receipts[$"{root.GetProperty("series").GetString()}/{root.GetProperty("instance").GetString()}"] = new(root.GetProperty("size").GetInt64(), crc, generation);
        }
    }
}
