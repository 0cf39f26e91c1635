using System.Reflection;

namespace CodRetrieve.Service.Pages;

internal static class ServiceVersion
{
    /// <summary>The version of the service, without the commit it was built from.</summary>
    public static string Text { get; } =
        typeof(ServiceVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
}
