using System.Net;
using System.Net.Sockets;
using System.Text;
using CodRetrieve.Service.Security;
using CodRetrieve.Service.Tests.Support;

namespace CodRetrieve.Service.Tests.Security;

public sealed class LimitTests
{
    private const int Piece = 64 * 1024;

    [Theory(Timeout = 60_000)]
    [InlineData("/api/requests")]
    [InlineData("/api/requests/1/cancel")]
    [InlineData("/sign-in")]
    public async Task Two_gigabytes_are_refused_before_they_are_sent(string address)
    {
        await using var service = await (await TestService.CreateAsync()).StartAsync();
        var (status, sent) = await SendAsync(service.Address, address, $"Content-Length: {2L << 30}\r\n", isChunked: false);

        Assert.Equal(413, status);
        Assert.True(sent <= 32 << 20, $"{sent} bytes were taken");
    }

    [Fact(Timeout = 60_000)]
    public async Task People_are_shown_a_page_where_a_form_is_too_large_and_programs_get_problem_details()
    {
        await using var service = await (await TestService.CreateAsync()).StartAsync();
        using var client = service.ClientOf(key: null);
        foreach (var (address, type) in new[] { ("/requests/new", "text/html"), ("/sign-in", "text/html"), ("/api/requests/1/cancel", "application/problem+json") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(new byte[2_000_000]) };
            // So that nothing is sent that nobody reads.
            request.Headers.ExpectContinue = true;
            using var response = await client.SendAsync(request);
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, type), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            Assert.Contains("too large", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_body_without_a_length_is_cut_off_at_the_limit()
    {
        await using var service = await (await TestService.CreateAsync(settings: "--Service:Limits:RequestBodyBytes=1000000")).StartAsync();
        var (status, sent) = await SendAsync(service.Address, "/api/requests", "Transfer-Encoding: chunked\r\n", isChunked: true);

        Assert.Equal(413, status);
        Assert.True(sent <= 32 << 20, $"{sent} bytes were taken");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_caller_who_asks_too_often_is_told_to_wait_and_others_are_not()
    {
        await using var service = await (await TestService.CreateAsync(settings: "--Security:RequestsPerMinute=20")).StartAsync();
        using var greedy = service.ClientOf(await service.CreateKeyAsync(ServiceRole.Viewer));
        using var modest = service.ClientOf(await service.CreateKeyAsync(ServiceRole.Viewer));
        HttpResponseMessage response;
        var asked = 0;
        do
        {
            response = await greedy.GetAsync("/api/names");
        }
        while (response.StatusCode == HttpStatusCode.OK && ++asked < 500);

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.InRange(asked, 20, 200);
        Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.OK, (await modest.GetAsync("/api/names")).StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task Every_response_says_what_a_browser_may_do_with_it()
    {
        await using var service = await (await TestService.CreateAsync()).StartAsync();
        using var client = service.ClientOf(key: null);
        foreach (var address in new[] { "/", "/requests/new", "/api/requests", "/nothing-here", "/sign-in", "/site.css", "/jobs" })
        {
            using var response = await client.GetAsync(address);
            var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("same-origin", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
            Assert.True(address is "/site.css" or "/jobs" || response.Headers.CacheControl!.NoStore, $"{address}: {response.Headers.CacheControl}");
        }
    }

    // Sends as much of a body as the service takes, and reads what it says.
    private static async Task<(int Status, long Sent)> SendAsync(Uri service, string address, string length, bool isChunked)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(service.Host, service.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {address} HTTP/1.1\r\nHost: {service.Authority}\r\nContent-Type: application/json\r\n{length}\r\n"));
        var sent = 0L;
        var response = ReadAsync(stream);
        var body = Encoding.ASCII.GetBytes(new string(' ', Piece));
        try
        {
            while (!response.IsCompleted && sent < 2L << 30)
            {
                if (isChunked)
                {
                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"{Piece:x}\r\n"));
                }

                await stream.WriteAsync(body);
                sent += body.Length;
                if (isChunked)
                {
                    await stream.WriteAsync("\r\n"u8.ToArray());
                }
            }
        }
        catch (IOException)
        {
            // The service has closed the connection.
        }

        return (await response, sent);
    }

    private static async Task<int> ReadAsync(NetworkStream stream)
    {
        var buffer = new byte[256];
        var read = await stream.ReadAtLeastAsync(buffer, "HTTP/1.1 413".Length, throwOnEndOfStream: false);
        return read < "HTTP/1.1 413".Length ? 0 : int.Parse(Encoding.ASCII.GetString(buffer, "HTTP/1.1 ".Length, 3), System.Globalization.CultureInfo.InvariantCulture);
    }
}
