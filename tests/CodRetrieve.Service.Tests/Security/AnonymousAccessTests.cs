using System.Net;
using CodRetrieve.Service.Security;
using Microsoft.AspNetCore.Http;

namespace CodRetrieve.Service.Tests.Security;

public sealed class AnonymousAccessTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", "localhost:5080")]
    [InlineData("127.0.0.1", "127.0.0.1", "127.0.0.1:5080")]
    [InlineData("::1", "::1", "[::1]:5080")]
    [InlineData("::ffff:127.0.0.1", "::ffff:127.0.0.1", "LOCALHOST")]
    public void A_connection_of_this_machine_with_itself_is_from_here(string remote, string local, string host) =>
        Assert.True(AnonymousAccess.IsFromHere(Request(remote, local, host)));

    [Theory]
    [InlineData("10.0.0.7", "127.0.0.1", "localhost")]
    [InlineData("127.0.0.1", "10.0.0.1", "localhost")]
    [InlineData(null, "127.0.0.1", "localhost")]
    [InlineData("127.0.0.1", "127.0.0.1", "rebound.example.org")]
    [InlineData("127.0.0.1", "127.0.0.1", "localhost.example.org")]
    [InlineData("127.0.0.1", "127.0.0.1", "10.0.0.1")]
    [InlineData("127.0.0.1", "127.0.0.1", "")]
    public void Other_addresses_and_names_are_not(string? remote, string local, string host) =>
        Assert.False(AnonymousAccess.IsFromHere(Request(remote, local, host)));

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("X-Forwarded-Host", "localhost")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("X-Original-For", "127.0.0.1:1")]
    public void What_a_proxy_passes_on_is_not(string header, string value)
    {
        var request = Request("127.0.0.1", "127.0.0.1", "localhost");
        request.Request.Headers[header] = value;

        Assert.False(AnonymousAccess.IsFromHere(request));
    }

    private static DefaultHttpContext Request(string? remote, string local, string host)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = remote is null ? null : IPAddress.Parse(remote);
        context.Connection.LocalIpAddress = IPAddress.Parse(local);
        context.Request.Host = new HostString(host);
        return context;
    }
}
