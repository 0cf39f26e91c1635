using System.Globalization;

namespace CodRetrieve.Dimse;

/// <summary>Where an archive listens, and the AE titles of both sides: <c>dicom://CALLED@host:port?calling=ME&amp;tls=true</c>. Immutable.</summary>
public sealed class DimseAddress
{
    private const string DefaultCallingAeTitle = "CODRETRIEVE";
    private const string Form = "Write dicom://CALLED_AET@host:port?calling=MY_AET&tls=true.";
    private const int DefaultPort = 104;
    private const int DefaultTlsPort = 2762;
    private const int MaxAeTitleLength = 16;

    private DimseAddress(string host, int port, string called, string calling, bool useTls) =>
        (Host, Port, CalledAeTitle, CallingAeTitle, UseTls) = (host, port, called, calling, useTls);

    /// <summary>Gets the name or IP address of the archive.</summary>
    public string Host { get; }

    /// <summary>Gets the TCP port of the archive. Default 104, with TLS 2762 (DICOM PS3.8, section 9.1.1, and PS3.15, annex B).</summary>
    public int Port { get; }

    /// <summary>Gets the AE title of the archive: 1 to 16 characters of ASCII without a backslash.</summary>
    public string CalledAeTitle { get; }

    /// <summary>Gets the AE title that this side has. Default <c>CODRETRIEVE</c>.</summary>
    public string CallingAeTitle { get; }

    /// <summary>Gets whether the connection is encrypted by TLS. Default <see langword="false"/>.</summary>
    public bool UseTls { get; }

    /// <summary>Reads an address from text.</summary>
    /// <param name="text">The address, in the form <c>dicom://CALLED@host:port?calling=ME&amp;tls=true</c>; characters that a URL reserves are percent-encoded.</param>
    /// <returns>The address.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="FormatException">The text is no such address. The message does not repeat it.</exception>
    public static DimseAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != "dicom" || uri.IdnHost.Length == 0 || uri.AbsolutePath.Length > 1 || uri.Fragment.Length > 0)
        {
            throw new FormatException($"The address of the archive is not a dicom URL. {Form}");
        }

        var (calling, tls) = (DefaultCallingAeTitle, false);
        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var value = pair.Contains('=', StringComparison.Ordinal) ? pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..] : "";
            switch (pair.Split('=')[0])
            {
                case "calling":
                    calling = Uri.UnescapeDataString(value);
                    break;
                case "tls":
                    tls = bool.TryParse(value, out var parsed) ? parsed : throw new FormatException($"tls= of the archive's address is neither true nor false. {Form}");
                    break;
                default:
                    throw new FormatException($"The address of the archive has a parameter that is neither calling nor tls. {Form}");
            }
        }

        var port = uri.Port > 0 ? uri.Port : tls ? DefaultTlsPort : DefaultPort;
        return new DimseAddress(uri.IdnHost, port, AeTitle(Uri.UnescapeDataString(uri.UserInfo), "called"), AeTitle(calling, "calling"), tls);
    }

    /// <summary>Returns the address without its parameters, such as <c>dicom://ARCHIVE@pacs.example:104</c>.</summary>
    /// <returns>The text, which holds no secret.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"dicom://{Uri.EscapeDataString(CalledAeTitle)}@{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");

    // DICOM PS3.5, table 6.2-1: spaces at both ends mean nothing, a backslash and control characters are not allowed.
    private static string AeTitle(string text, string which)
    {
        var title = text.Trim(' ');
        return title.Length is > 0 and <= MaxAeTitleLength && title.All(static c => c is >= ' ' and <= '~' and not '\\')
            ? title
            : throw new FormatException($"The {which} AE title has {title.Length} characters or one that is not allowed; 1 to {MaxAeTitleLength} of ASCII without a backslash are. {Form}");
    }
}
