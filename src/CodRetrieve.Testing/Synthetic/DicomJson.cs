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
        writer.WriteStartObject();
        Text(writer, "00080016", "UI", tags.SopClassUid);
        Text(writer, "00080018", "UI", tags.SopInstanceUid);
        Text(writer, "00080060", "CS", tags.Modality);
        Text(writer, "0008103E", "LO", tags.Description);
        PersonName(writer, "00100010", DicomTags.PatientName);
        Text(writer, "00100020", "LO", DicomTags.PatientId);
        Text(writer, "0020000D", "UI", tags.StudyInstanceUid);
        Text(writer, "0020000E", "UI", tags.SeriesInstanceUid);
        Number(writer, "00200011", "IS", tags.SeriesNumber);
        Number(writer, "00200013", "IS", tags.InstanceNumber);
        Number(writer, "00280002", "US", 1);
        Text(writer, "00280004", "CS", "MONOCHROME2");
        Number(writer, "00280010", "US", instance.Shape.Rows);
        Number(writer, "00280011", "US", instance.Shape.Columns);
        Number(writer, "00280100", "US", 16);
        Number(writer, "00280101", "US", 16);
        Number(writer, "00280102", "US", 15);
        Number(writer, "00280103", "US", 0);
        if (options.BareNaN)
        {
            Raw(writer, "00281050", "DS", "NaN");
            Raw(writer, "00281051", "DS", "Infinity");
            Raw(writer, "00281052", "DS", "-Infinity");
        }

        BulkData(writer, uri);
        FileMeta(writer, tags);
        Fill(writer, options.MetadataBytesPerInstance - (writer.BytesCommitted + writer.BytesPending - start));
        writer.WriteEndObject();
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

    private static void Number(Utf8JsonWriter writer, string tag, string vr, int value)
    {
        StartValue(writer, tag, vr);
        writer.WriteNumberValue(value);
        EndValue(writer);
    }

    private static void Raw(Utf8JsonWriter writer, string tag, string vr, string value)
    {
        StartValue(writer, tag, vr);
        writer.WriteRawValue(value, skipInputValidation: true);
        EndValue(writer);
    }

    private static void PersonName(Utf8JsonWriter writer, string tag, string name)
    {
        StartValue(writer, tag, "PN");
        writer.WriteStartObject();
        writer.WriteString("Alphabetic", name);
        writer.WriteEndObject();
        EndValue(writer);
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
