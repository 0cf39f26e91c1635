using System.Net.ServerSentEvents;
using System.Security.Claims;
using CodRetrieve.Service.Api;
using CodRetrieve.Service.Security;
using CodRetrieve.Service.Tests.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace CodRetrieve.Service.Tests.Api;

public sealed class ChangeStreamTests
{
    private const string Type = "number";

    private readonly SignallingTime _time = new();

    [Fact(Timeout = 60_000)]
    public async Task Only_what_changes_is_sent_and_a_sign_of_life_where_nothing_does()
    {
        await using var service = await TestService.CreateAsync();
        var number = 0;
        await using var events = Follow(service, ServiceUser.Local, _ => Task.FromResult(number), isLast: 2);
        Assert.Equal((Type, 0), await NextAsync(events));
        number = 1;
        Assert.Equal((Type, 1), await NextAsync(events));
        Assert.Equal((ChangeStream.Alive, 0), await NextAsync(events));
        Assert.Equal((ChangeStream.Alive, 0), await NextAsync(events));
        number = 2;
        Assert.Equal((Type, 2), await NextAsync(events));
        Assert.Null(await NextAsync(events));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("the key is revoked")]
    [InlineData("the token has expired")]
    [InlineData("a first key is created")]
    public async Task A_stream_ends_with_the_credential_that_it_was_opened_with(string how)
    {
        await using var service = await TestService.CreateAsync();
        var user = ServiceUser.Local;
        if (how == "the key is revoked")
        {
            user = await service.Get<ApiKeyVerifier>().VerifyAsync(await service.CreateKeyAsync(ServiceRole.Viewer), default);
        }
        else if (how == "the token has expired")
        {
            user = new ServiceUser("oidc:1", "Ada", ServiceRole.Viewer, Tenant: null);
        }

        var expires = how == "the token has expired" ? _time.GetUtcNow() + TimeSpan.FromMinutes(2) : (DateTimeOffset?)null;
        await using var events = Follow(service, user!, static _ => Task.FromResult(7), expires: expires);
        Assert.Equal((Type, 7), await NextAsync(events));
        Assert.Equal((ChangeStream.Alive, 0), await NextAsync(events));
        if (how == "the key is revoked")
        {
            await service.Get<ApiKeyService>().RevokeAsync(user!.KeyId!, TestService.Caller, default);
        }
        else if (how == "a first key is created")
        {
            await service.CreateKeyAsync(ServiceRole.Viewer);
        }
        else
        {
            _time.Advance(TimeSpan.FromMinutes(2));
        }

        Assert.Null(await NextAsync(events));
    }

    private IAsyncEnumerator<SseItem<int>> Follow(TestService service, ServiceUser user, Func<CancellationToken, Task<int>> read, int? isLast = null, DateTimeOffset? expires = null)
    {
        var principal = new ClaimsPrincipal(user.ToIdentity("test"));
        var context = new DefaultHttpContext { User = principal };
        context.Connection.LocalIpAddress = context.Connection.RemoteIpAddress = System.Net.IPAddress.Loopback;
        context.Request.Host = new HostString("localhost");
        context.Features.Set<IAuthenticateResultFeature>(new Authenticated { AuthenticateResult = AuthenticateResult.Success(new(principal, new() { ExpiresUtc = expires }, "test")) });
        var access = new StreamAccess(service.Get<ApiKeyVerifier>(), service.Get<AnonymousAccess>(), _time);
        return new ChangeStream(access, _time, service.Get<IHostApplicationLifetime>())
            .FollowAsync(context, Type, read, static (last, now) => last == now, number => number == isLast, CancellationToken.None).GetAsyncEnumerator();
    }

    // Null at the end. A second passes each time that the stream has nothing to say.
    private async Task<(string Type, int Data)?> NextAsync(IAsyncEnumerator<SseItem<int>> events)
    {
        var next = events.MoveNextAsync().AsTask();
        while (!next.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(next, Task.Delay(5));
        }

        return await next ? (events.Current.EventType, events.Current.Data) : null;
    }

    private sealed class Authenticated : IAuthenticateResultFeature
    {
        public AuthenticateResult? AuthenticateResult { get; set; }
    }
}
