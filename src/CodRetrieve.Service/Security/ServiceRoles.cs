using System.Diagnostics.CodeAnalysis;

namespace CodRetrieve.Service.Security;

/// <summary>The names of the roles, as they are written in claims, in the configuration and in the ledger.</summary>
internal static class ServiceRoles
{
    public const string Viewer = "viewer";
    public const string Operator = "operator";
    public const string Administrator = "administrator";

    public static string NameOf(ServiceRole role) => role switch
    {
        ServiceRole.Viewer => Viewer,
        ServiceRole.Operator => Operator,
        ServiceRole.Administrator => Administrator,
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "There is no such role."),
    };

    public static bool TryParse([NotNullWhen(true)] string? name, out ServiceRole role)
    {
        (var isKnown, role) = name switch
        {
            Viewer => (true, ServiceRole.Viewer),
            Operator => (true, ServiceRole.Operator),
            Administrator => (true, ServiceRole.Administrator),
            _ => (false, default),
        };
        return isKnown;
    }
}
