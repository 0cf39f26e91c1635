using System.Globalization;
using CodRetrieve.Service.Requests;

namespace CodRetrieve.Service.Security;

/// <summary>The command <c>keys</c>: creates, lists and revokes API keys where the ledger can be reached, for the first one and for emergencies.</summary>
internal static class KeysCommand
{
    public const string Name = "keys";
    public const string Usage =
        "keys create --role viewer|operator|administrator --name NAME [--tenant TENANT] [--days DAYS]\nkeys list\nkeys revoke ID";

    private const int Done = 0;
    private const int Refused = 1;
    private const int Misused = 2;

    private static readonly Caller Console = new("command line", SeesAllTenants: true);

    /// <summary>Carries out the command, and returns the exit code: 0 done, 1 refused, 2 misused.</summary>
    public static async Task<int> RunAsync(string[] arguments, IServiceProvider services, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var keys = services.GetRequiredService<ApiKeyService>();
        try
        {
            switch (arguments)
            {
                case ["create", .. var rest] when Options(rest) is { } options && ServiceRoles.TryParse(options.GetValueOrDefault("--role"), out var role) && options.TryGetValue("--name", out var name):
                    var key = await keys.CreateAsync(name, role, options.GetValueOrDefault("--tenant"), Lifetime(options.GetValueOrDefault("--days")), Console, cancellationToken);
                    await errors.WriteLineAsync("The key is shown this once:".AsMemory(), cancellationToken);
                    await output.WriteLineAsync(key.Reveal());
                    return Done;
                case ["list"]:
                    foreach (var record in await keys.ListAsync(Console, cancellationToken))
                    {
                        await output.WriteLineAsync(string.Join('\t', record.Id, record.Role, record.Tenant ?? "-", State(record), record.Name));
                    }

                    return Done;
                case ["revoke", var id]:
                    var given = id.StartsWith(ApiKey.Prefix, StringComparison.Ordinal) ? id[ApiKey.Prefix.Length..].Split('_')[0] : id;
                    if (await keys.RevokeAsync(given, Console, cancellationToken))
                    {
                        return Done;
                    }

                    await errors.WriteLineAsync("There is no such key that is not revoked. 'keys list' names all.");
                    return Refused;
                default:
                    await errors.WriteLineAsync(Usage);
                    return Misused;
            }
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            await errors.WriteLineAsync(e.Message);
            return Misused;
        }
    }

    private static Dictionary<string, string>? Options(string[] arguments)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (arguments[i] is not ("--role" or "--name" or "--tenant" or "--days") || i + 1 == arguments.Length || !options.TryAdd(arguments[i], arguments[i + 1]))
            {
                return null;
            }
        }

        return options;
    }

    private static TimeSpan? Lifetime(string? days) => days is null ? null
        : int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 3650 ? TimeSpan.FromDays(number)
        : throw new FormatException("--days has to be a whole number from 1 to 3650.");

    private static string State(ApiKeyRecord key) => key switch
    {
        { RevokedAt: { } revoked } => string.Create(CultureInfo.InvariantCulture, $"revoked {revoked:yyyy-MM-dd}"),
        { ExpiresAt: { } expires } => string.Create(CultureInfo.InvariantCulture, $"until {expires:yyyy-MM-dd}"),
        _ => "valid",
    };
}
