using CodRetrieve.Service.Requests;

namespace CodRetrieve.Service.Api;

/// <summary>Everybody is the one local user: for a service that is reached from its own machine only.</summary>
internal sealed class LocalCaller : ICallerSource
{
    private static readonly Caller Local = new("local", SeesAllTenants: true);

    public Caller Of(HttpContext context) => Local;
}
