using CodRetrieve.Service.Api;
using CodRetrieve.Service.Requests;

namespace CodRetrieve.Service.Security;

/// <summary>Whoever was authenticated is the caller.</summary>
internal sealed class PrincipalCaller : ICallerSource
{
    public Caller Of(HttpContext context) => ServiceUser.Of(context.User).ToCaller();
}
