using CodRetrieve.Service.Requests;

namespace CodRetrieve.Service.Api;

/// <summary>Says who asks.</summary>
internal interface ICallerSource
{
    Caller Of(HttpContext context);
}
