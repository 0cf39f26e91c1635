using System.CommandLine;

namespace CodRetrieve.Cli.Options;

/// <summary>The options that say with whose rights a bucket is read.</summary>
internal sealed class LoginOptions
{
    private readonly Option<string> _token = CommonOption.Text("--token", "TOKEN", "An access token. Other users of this machine can read it off the process list, as they can one in the URL: better set COD_RETRIEVE_TOKEN.");

    private readonly Option<string> _tokenFile = CommonOption.Text("--token-file", "FILE", "A file with an access token, which is read again when the store refuses it: for tokens that something else renews.");

    private readonly Option<string> _tokenCommand = CommonOption.Text("--token-command", "CMD", "A command that prints an access token, run by the shell, and again when the store refuses it: 'gcloud auth print-access-token'.");

    private readonly Option<string> _credentials = CommonOption.Text("--credentials", "FILE", "A credential file of Google's (JSON): the key of a service account, or what gcloud writes for a person, a federated or an impersonated account.");

    private readonly Option<bool> _adc = CommonOption.Flag("--adc", "Use Google's application default credentials. Without any of these options that is done where a login of gcloud is found.");

    private readonly Option<bool> _anonymous = CommonOption.Flag("--anonymous", "Look for no login: send no token unless one was given.");

    private readonly Option<string> _userProject = CommonOption.Text("--user-project", "PROJECT", "The project to bill, for a requester-pays bucket.");

    /// <summary>The names of those that exclude each other.</summary>
    public static readonly string[] Rights = ["--token", "--token-file", "--token-command", "--credentials", "--adc", "--anonymous"];

    public void AddTo(Command command) => CommonOption.AddTo(command, _token, _tokenFile, _tokenCommand, _credentials, _adc, _anonymous, _userProject);

    public LoginRequest Of(ParseResult parsed) => new()
    {
        Token = parsed.GetValue(_token),
        TokenFile = parsed.GetValue(_tokenFile),
        TokenCommand = parsed.GetValue(_tokenCommand),
        CredentialsFile = parsed.GetValue(_credentials),
        ApplicationDefault = parsed.GetValue(_adc),
        Anonymous = parsed.GetValue(_anonymous),
        UserProject = parsed.GetValue(_userProject),
    };
}
