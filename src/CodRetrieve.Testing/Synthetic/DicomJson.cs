using System.Text.Json;

namespace CodRetrieve.Testing;

/// <summary>The DICOM JSON model (PS3.18, annex F) of a synthetic instance, with the writer's habits: file meta included,
/// <c>BulkDataURI</c>
/// as an object.</summary>
internal static class DicomJson
{
    private const int FillerElementLength = 8_000;

    public static void Write(Utf8JsonWriter writer, InstanceContent instance, string uri, SyntheticSeriesOptions options)
    {
        var start = writer.BytesCommitted + writer.BytesPending;
        var tags = instance.Tags;
        var given = options.Attributes?.Invoke(tags.InstanceNumber - 1).ToList() ?? [];
        writer.WriteStartObject();
        foreach (var (tag, vr, write) in Usual(instance))
        {
            if (!given.Exists(attribute => attribute.Tag == tag))
            {
                StartValue(writer, tag, vr);
                write(writer);
                EndValue(writer);
            }
        }

        if (options.BareNaN)
        {
            Raw(writer, "00281050", "DS", "NaN");
            Raw(writer, "00281051", "DS", "Infinity");
            Raw(writer, "00281052", "DS", "-Infinity");
        }

        foreach (var attribute in given.Where(attribute => attribute.Json is not null))
        {
            writer.WritePropertyName(attribute.Tag);
            writer.WriteRawValue($"{{\"vr\":\"{attribute.Vr}\"{(attribute.Json!.Length > 0 ? "," : "")}{attribute.Json}}}", skipInputValidation: true);
        }

        BulkData(writer, uri);
        FileMeta(writer, tags);
        Fill(writer, options.MetadataBytesPerInstance - (writer.BytesCommitted + writer.BytesPending - start));
        writer.WriteEndObject();
    }

    private static IEnumerable<(string Tag, string Vr, Action<Utf8JsonWriter> Write)> Usual(InstanceContent instance)
    {
        var tags = instance.Tags;
        return
        [
            ("00080016", "UI", writer => writer.WriteStringValue(tags.SopClassUid)),
            ("00080018", "UI", writer => writer.WriteStringValue(tags.SopInstanceUid)),
            ("00080060", "CS", writer => writer.WriteStringValue(tags.Modality)),
            ("0008103E", "LO", writer => writer.WriteStringValue(tags.Description)),
            ("00100010", "PN", static writer => PersonName(writer, DicomTags.PatientName)),
            ("00100020", "LO", static writer => writer.WriteStringValue(DicomTags.PatientId)),
            ("0020000D", "UI", writer => writer.WriteStringValue(tags.StudyInstanceUid)),
            ("0020000E", "UI", writer => writer.WriteStringValue(tags.SeriesInstanceUid)),
            ("00200011", "IS", writer => writer.WriteNumberValue(tags.SeriesNumber)),
            ("00200013", "IS", writer => writer.WriteNumberValue(tags.InstanceNumber)),
            ("00280002", "US", static writer => writer.WriteNumberValue(1)),
            ("00280004", "CS", static writer => writer.WriteStringValue("MONOCHROME2")),
            ("00280010", "US", writer => writer.WriteNumberValue(instance.Shape.Rows)),
            ("00280011", "US", writer => writer.WriteNumberValue(instance.Shape.Columns)),
            ("00280100", "US", static writer => writer.WriteNumberValue(16)),
            ("00280101", "US", static writer => writer.WriteNumberValue(16)),
            ("00280102", "US", static writer => writer.WriteNumberValue(15)),
            ("00280103", "US", static writer => writer.WriteNumberValue(0)),
        ];
    }

    private static void FileMeta(Utf8JsonWriter writer, DicomTags tags)
    {
        writer.WriteStartObject("00020001");
        writer.WriteString("vr", "OB");
        writer.WriteString("InlineBinary", "AAE=");
        writer.WriteEndObject();
        Text(writer, "00020002", "UI", tags.SopClassUid);
        Text(writer, "00020003", "UI", tags.SopInstanceUid);
        Text(writer, "00020010", "UI", DicomTags.TransferSyntaxUid);
        Text(writer, "00020012", "UI", DicomTags.ImplementationClassUid);
    }

    private static void Fill(Utf8JsonWriter writer, long wanted)
    {
        for (var element = 0x1010; wanted > 0; element++)
        {
            var before = writer.BytesCommitted + writer.BytesPending;
            Text(writer, $"0009{element:X4}", "LT", new string('f', (int)Math.Clamp(wanted - 40, 1, FillerElementLength)));
            wanted -= writer.BytesCommitted + writer.BytesPending - before;
        }
    }

    private static void BulkData(Utf8JsonWriter writer, string uri)
    {
        writer.WriteStartObject("7FE00010");
        writer.WriteString("vr", "OW");
        writer.WriteStartObject("BulkDataURI");
        writer.WriteString("uri", uri);
        writer.WritePropertyName("head");
        writer.WriteRawValue("\"8\\u0000$\\u0000\\ufffd\\u0000\\u001a\"", skipInputValidation: true);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter writer, string tag, string vr, string value)
    {
        StartValue(writer, tag, vr);
        writer.WriteStringValue(value);
        EndValue(writer);
    }

    private static void Raw(Utf8JsonWriter writer, string tag, string vr, string value)
    {
        StartValue(writer, tag, vr);
        writer.WriteRawValue(value, skipInputValidation: true);
        EndValue(writer);
    }

    private static void PersonName(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartObject();
        writer.WriteString("Alphabetic", name);
        writer.WriteEndObject();
    }

    private static void StartValue(Utf8JsonWriter writer, string tag, string vr)
    {
        writer.WriteStartObject(tag);
        writer.WriteString("vr", vr);
        writer.WriteStartArray("Value");
    }

    private static void EndValue(Utf8JsonWriter writer)
    {
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
