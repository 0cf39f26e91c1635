using System.CommandLine;
using CodRetrieve.Cli.Input;
using CodRetrieve.DicomWeb;

namespace CodRetrieve.Cli.Options;

/// <summary>The options that say where instances are sent to.</summary>
internal sealed class SendOptions
{
    private readonly Option<string> _to = new("--to")
    {
        HelpName = "URL",
        Required = true,
        Description = "The receiver: https://pacs.example/dicom-web (STOW-RS), or dicom://CALLED@host:port?calling=ME&tls=true (C-STORE). User and password of the former from COD_RETRIEVE_TO_USER and COD_RETRIEVE_TO_PASSWORD.",
    };

    private readonly Option<string> _tokenCommand = new("--to-token-command")
    {
        HelpName = "CMD",
        Description = "A command that prints an access token for the receiver, run by the shell, and again when the receiver refuses it.",
    };

    private readonly Option<string> _tokenFile = new("--to-token-file")
    {
        HelpName = "FILE",
        Description = "A file with an access token for the receiver, which is read again when the receiver refuses it.",
    };

    private readonly Option<string> _clientCertificate = new("--to-client-certificate")
    {
        HelpName = "FILE",
        Description = "A certificate by which the receiver knows this client, with its private key: PEM, or PKCS#12 with its password in COD_RETRIEVE_TO_CLIENT_CERTIFICATE_PASSWORD.",
    };

    private readonly Option<DeliveryVerification?> _verification = new("--verify-delivery")
    {
        HelpName = "HOW",
        Description = "What is checked after the receiver has acknowledged an instance: none, exists (it finds it) or bytes (STOW-RS only: it is read back, and its CRC32C compared). Default: none.",
        CustomParser = OptionValues.ParseDeliveryVerification,
    };

    private readonly Option<string> _receipts = new("--receipts")
    {
        HelpName = "DIR",
        Description = "Write a receipt for each instance that is acknowledged below this directory; what has one is not sent again.",
    };

    private readonly Option<bool> _commitment = new("--commitment")
    {
        Description = "Have the archive commit the instances of each study (C-STORE: storage commitment), and take it for failed if it does not.",
    };

    private readonly Option<int?> _commitmentPort = new("--commitment-port")
    {
        HelpName = "PORT",
        Description = "The port of this machine that the archive has for the calling AE title, where it reports what it has committed; includes --commitment. Default: it reports on the association of the request.",
        CustomParser = result => OptionValues.ParseCount(result, 1, 65535),
    };

    private readonly Option<TimeSpan?> _commitmentTimeout = new("--commitment-timeout")
    {
        HelpName = "TIME",
        Description = "How long the archive may take to commit a study. Default: 5m.",
        CustomParser = OptionValues.ParseDuration,
    };

    public void AddTo(Command command) =>
        CommonOption.AddTo(command, _to, _tokenCommand, _tokenFile, _clientCertificate, _verification, _receipts, _commitment, _commitmentPort, _commitmentTimeout);

    public SendRequest Of(ParseResult parsed) => new()
    {
        To = parsed.GetRequiredValue(_to),
        TokenCommand = parsed.GetValue(_tokenCommand),
        TokenFile = parsed.GetValue(_tokenFile),
        ClientCertificateFile = parsed.GetValue(_clientCertificate),
        Verification = parsed.GetValue(_verification),
        Receipts = parsed.GetValue(_receipts),
        Commitment = parsed.GetValue(_commitment),
        CommitmentPort = parsed.GetValue(_commitmentPort),
        CommitmentTimeout = parsed.GetValue(_commitmentTimeout),
    };
}
