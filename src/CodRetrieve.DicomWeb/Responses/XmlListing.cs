using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace CodRetrieve.DicomWeb;

/// <summary>Reads the Native DICOM Model (PS3.19, A.1) as far as responses of receivers need it.</summary>
internal static class XmlListing
{
    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    public static StoreListing Parse(ReadOnlyMemory<byte> body)
    {
        var listing = new StoreListing();
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(body.ToArray(), writable: false), Settings);
            var root = XDocument.Load(reader).Root!;
            AddAll(listing, root, "00081199", "00081196", isFailed: false);
            AddAll(listing, root, "00081198", "00081197", isFailed: true);
        }
        catch (XmlException)
        {
            // A page of HTML, or a body that was cut: nothing that could be relied on.
            return new StoreListing();
        }

        return listing;
    }

    private static void AddAll(StoreListing listing, XElement root, string sequence, string reason, bool isFailed)
    {
        foreach (var item in Attributes(root, sequence).SelectMany(static one => one.Elements().Where(static child => child.Name.LocalName == "Item")))
        {
            listing.Add(isFailed, Text(item, "00081155"), int.TryParse(Text(item, reason), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : null);
        }
    }

    private static string? Text(XElement dataset, string tag) =>
        StoreListing.Clean(Attributes(dataset, tag).FirstOrDefault()?.Elements().FirstOrDefault(static child => child.Name.LocalName == "Value")?.Value);

    private static IEnumerable<XElement> Attributes(XElement dataset, string tag) => dataset.Elements().Where(
        child => child.Name.LocalName == "DicomAttribute" && string.Equals((string?)child.Attribute("tag"), tag, StringComparison.OrdinalIgnoreCase));
}
