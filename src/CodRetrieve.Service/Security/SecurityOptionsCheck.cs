using System.Net;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Security;

/// <summary>Refuses settings that would leave the service open, or closed, by mistake.</summary>
internal sealed class SecurityOptionsCheck : IValidateOptions<SecurityOptions>
{
    private const string Prefix = SecurityOptions.Section + ":";

    public ValidateOptionsResult Validate(string? name, SecurityOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(SecurityOptions options)
    {
        var signIn = options.OpenIdConnect;
        if (signIn.IsConfigured)
        {
            if (!Uri.TryCreate(signIn.Authority, UriKind.Absolute, out var authority) || (authority.Scheme != Uri.UriSchemeHttps && !(signIn.AllowHttp && authority.Scheme == Uri.UriSchemeHttp)))
            {
                yield return $"{Prefix}OpenIdConnect:Authority '{signIn.Authority}' is not an https address. Give the issuer's address, such as https://login.example.org/realms/hospital.";
            }

            if (!signIn.HasPage && !signIn.HasApi)
            {
                yield return $"{Prefix}OpenIdConnect names an Authority only. Give a ClientId for the page, an Audience for the API, or both.";
            }
        }
        else if (!string.IsNullOrEmpty(signIn.ClientId) || !string.IsNullOrEmpty(signIn.Audience))
        {
            yield return $"{Prefix}OpenIdConnect has a ClientId or an Audience but no Authority. Give the issuer's address.";
        }

        foreach (var role in signIn.Roles.Keys.Where(role => !ServiceRoles.TryParse(role, out _)))
        {
            yield return $"{Prefix}OpenIdConnect:Roles names '{role}'. The roles are {ServiceRoles.Viewer}, {ServiceRoles.Operator} and {ServiceRoles.Administrator}.";
        }

        foreach (var proxy in options.KnownProxies.Where(proxy => !IPAddress.TryParse(proxy, out _)))
        {
            yield return $"{Prefix}KnownProxies names '{proxy}', which is not an IP address.";
        }

        if (options.SessionDuration <= TimeSpan.Zero || options.SessionDuration > TimeSpan.FromDays(30))
        {
            yield return $"{Prefix}SessionDuration is {options.SessionDuration}. Give more than 0 and at most 30 days.";
        }

        foreach (var (option, value) in new (string, int)[]
        {
            (nameof(options.RequestsPerMinute), options.RequestsPerMinute),
            (nameof(options.SignInsPerMinute), options.SignInsPerMinute),
            (nameof(options.MaxEventStreams), options.MaxEventStreams),
        })
        {
            if (value < 1)
            {
                yield return $"{Prefix}{option} is {value}. Give at least 1.";
            }
        }
    }
}
