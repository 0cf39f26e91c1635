using System.Buffers;
using System.Text;
using System.Text.Json;

namespace CodRetrieve.Testing;

/// <summary>Writes the Store Instances Response (PS3.18, annex I).</summary>
internal static class StoreResponses
{
    public static byte[] Json(IReadOnlyList<StoredInstance> stored, IReadOnlyList<(StoredInstance Instance, int Reason)> refused, int? warning = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteSequence(json, "00081199", [.. stored.Select(one => (one, warning))], "00081196");
            WriteSequence(json, "00081198", [.. refused.Select(static one => (one.Instance, (int?)one.Reason))], "00081197");
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static byte[] Xml(IReadOnlyList<StoredInstance> stored, IReadOnlyList<(StoredInstance Instance, int Reason)> refused)
    {
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<NativeDicomModel xml:space=\"preserve\">");
        AppendSequence(text, "00081199", [.. stored.Select(static one => (one, (int?)null))]);
        AppendSequence(text, "00081198", [.. refused.Select(static one => (one.Instance, (int?)one.Reason))]);
        return Encoding.UTF8.GetBytes(text.Append("</NativeDicomModel>").ToString());
    }

    private static void WriteSequence(Utf8JsonWriter json, string tag, IReadOnlyList<(StoredInstance Instance, int? Reason)> items, string reasonTag)
    {
        json.WriteStartObject(tag);
        json.WriteString("vr", "SQ");
        if (items.Count > 0)
        {
            json.WriteStartArray("Value");
            foreach (var (instance, reason) in items)
            {
                json.WriteStartObject();
                WriteValue(json, "00081150", "UI", instance.SopClassUid);
                WriteValue(json, "00081155", "UI", instance.SopInstanceUid);
                if (reason is { } code)
                {
                    json.WriteStartObject(reasonTag);
                    json.WriteString("vr", "US");
                    json.WriteStartArray("Value");
                    json.WriteNumberValue(code);
                    json.WriteEndArray();
                    json.WriteEndObject();
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    public static void WriteValue(Utf8JsonWriter json, string tag, string vr, string value)
    {
        json.WriteStartObject(tag);
        json.WriteString("vr", vr);
        json.WriteStartArray("Value");
        json.WriteStringValue(value);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void AppendSequence(StringBuilder text, string tag, IReadOnlyList<(StoredInstance Instance, int? Reason)> items)
    {
        text.Append($"<DicomAttribute tag=\"{tag}\" vr=\"SQ\">");
        for (var i = 0; i < items.Count; i++)
        {
            text.Append($"<Item number=\"{i + 1}\"><DicomAttribute tag=\"00081155\" vr=\"UI\"><Value number=\"1\">{items[i].Instance.SopInstanceUid}</Value></DicomAttribute>");
            if (items[i].Reason is { } reason)
            {
                text.Append($"<DicomAttribute tag=\"00081197\" vr=\"US\"><Value number=\"1\">{reason}</Value></DicomAttribute>");
            }

            text.Append("</Item>");
        }

        text.Append("</DicomAttribute>");
    }
}
