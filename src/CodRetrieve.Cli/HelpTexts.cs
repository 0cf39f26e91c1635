using System.CommandLine;

namespace CodRetrieve.Cli;

/// <summary>What the help says beyond the list of options: what to type, what comes back, and where options may come from.</summary>
internal static class HelpTexts
{
    private const string List = """
          cod-retrieve list gs://my-bucket/v1.0/dicomweb
          cod-retrieve list gs://my-bucket/v1.0/dicomweb --where 'Modality=CT and SliceThickness < 1.5' --csv > studies.csv
        """;

    private const string Stats = """
          cod-retrieve stats gs://my-bucket/v1.0/dicomweb 1.2.840.1 -o ./studies
          cod-retrieve stats gs://my-bucket/v1.0/dicomweb @studies.txt --json
        """;

    private const string Download = """
          cod-retrieve download gs://my-bucket/v1.0/dicomweb 1.2.840.1 -o ./studies --dry-run
          cod-retrieve download gs://my-bucket/v1.0/dicomweb 1.2.840.1 @more-studies.txt -o ./studies --zip
          cod-retrieve download gs://my-bucket/v1.0/dicomweb @studies.txt -o ./studies --limit-rate 20M --report report.json
        """;

    private const string Verify = """
          cod-retrieve verify gs://my-bucket/v1.0/dicomweb 1.2.840.1 -o ./studies
          cod-retrieve verify gs://my-bucket/v1.0/dicomweb 1.2.840.1 -o ./studies --repair
        """;

    private const string Send = """
          cod-retrieve send gs://my-bucket/v1.0/dicomweb 1.2.840.1 --to https://pacs.example/dicom-web --receipts ./receipts
          cod-retrieve send gs://my-bucket/v1.0/dicomweb @studies.txt --to 'dicom://ARCHIVE@pacs.example:11112?calling=RESEARCH'
        """;

    private const string ExitCodes = """
        Exit codes:
          0    all that was asked for is saved and verified
          1    something failed, does not exist, or was found by verify and remains; it is named on standard error
          2    the command line or its input is wrong
          3    not authorised
          4    none of the studies exists, the store has none, or the bucket does not exist
          5    the destination is not writable, full or in use; a receiver is down or refuses the login
          6    the network: no response of the store, or a certificate that is not trusted
          7    the proxy wants a login, or another one
          8    all else went well, but standard output or error could not be written
          9    stopped by --stop-after; the same command goes on from there
          130  cancelled
        """;

    private const string Variables = """
        Environment:
          Each long option may also be given as a variable: COD_RETRIEVE_OUTPUT, COD_RETRIEVE_LIMIT_RATE=20M, COD_RETRIEVE_JSON=true, and so on.
          What is typed wins. COD_RETRIEVE_TOKEN counts where no other credential is named. COD_RETRIEVE_ZIP_PASSWORD encrypts zips.
        """;

    /// <summary>What stands below the usual help of a command.</summary>
    public static string Below(Command command)
    {
        var examples = command.Name switch
        {
            "list" => List,
            "stats" => Stats,
            "download" => Download,
            "verify" => Verify,
            "send" => Send,
            _ => string.Join(Environment.NewLine, List, Stats, Download, Verify, Send),
        };
        return string.Join(Environment.NewLine, "Examples:", examples, "", ExitCodes, "", Variables);
    }
}
