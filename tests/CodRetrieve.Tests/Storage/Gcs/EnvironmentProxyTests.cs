using System.Net;
using CodRetrieve.Storage;

namespace CodRetrieve.Tests.Storage.Gcs;

public sealed class EnvironmentProxyTests
{
    private const string Store = "https://storage.googleapis.com/";

    [Theory]
    [InlineData("https_proxy", "http://proxy.example:3128", Store, "http://proxy.example:3128/")]
    [InlineData("HTTPS_PROXY", "http://proxy.example:3128/", Store, "http://proxy.example:3128/")]
    [InlineData("HTTPS_PROXY", "proxy.example:3128", Store, "http://proxy.example:3128/")]
    [InlineData("HTTPS_PROXY", "https://proxy.example:8443", Store, "https://proxy.example:8443/")]
    [InlineData("HTTPS_PROXY", "socks5h://proxy.example:1080", Store, "socks5://proxy.example:1080/")]
    [InlineData("HTTPS_PROXY", "http://10.0.0.1:3128", "http://store.example/", null)]
    [InlineData("all_proxy", "http://10.0.0.1:3128", Store, "http://10.0.0.1:3128/")]
    [InlineData("ALL_PROXY", "http://10.0.0.1:3128", "http://store.example/", "http://10.0.0.1:3128/")]
    [InlineData("http_proxy", "http://10.0.0.1:3128", Store, null)]
    [InlineData("http_proxy", "http://10.0.0.1:3128", "http://store.example/", "http://10.0.0.1:3128/")]
    [InlineData("HTTPS_PROXY", "  ", Store, null)]
    public void The_proxy_of_the_environment_is_used(string variable, string value, string destination, string? expected) =>
        Assert.Equal(expected, Of((variable, value)).GetProxy(new Uri(destination))?.AbsoluteUri);

    [Theory]
    [InlineData("http://127.0.0.1:4443/")]
    [InlineData("http://localhost:4443/")]
    [InlineData("http://[::1]:4443/")]
    [InlineData("http://metadata.google.internal/")]
    [InlineData("http://169.254.169.254/")]
    public void This_machine_and_the_server_of_metadata_are_never_asked_through_one(string destination)
    {
        var proxy = Of(("http_proxy", "http://proxy.example:3128"), ("all_proxy", "http://proxy.example:3128"));

        Assert.Null(proxy.GetProxy(new Uri(destination)));
        Assert.True(proxy.IsBypassed(new Uri(destination)));
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("googleapis.com", true)]
    [InlineData(".googleapis.com", true)]
    [InlineData("*.googleapis.com", true)]
    [InlineData("example.org, storage.googleapis.com", true)]
    [InlineData("example.org STORAGE.GoogleAPIs.com", true)]
    [InlineData("storage.googleapis.com:443", true)]
    [InlineData("storage.googleapis.com:8443", false)]
    [InlineData("apis.com", false)]
    [InlineData("example.org", false)]
    [InlineData(".", false)]
    [InlineData(",,", false)]
    [InlineData("10.0.0.0/8", false)]
    public void Exceptions_are_names_with_and_without_a_dot(string exceptions, bool isExcepted) =>
        Assert.Equal(isExcepted, Of(("HTTPS_PROXY", "http://proxy.example:3128"), ("NO_PROXY", exceptions)).IsBypassed(new Uri(Store)));

    [Theory]
    [InlineData("10.0.0.0/8", "https://10.1.2.3/", true)]
    [InlineData("10.0.0.0/8", "https://11.1.2.3/", false)]
    [InlineData("10.1.2.3", "https://10.1.2.3/", true)]
    [InlineData("10.1.2.3:8443", "https://10.1.2.3:8443/", true)]
    [InlineData("10.1.2.3:8443", "https://10.1.2.3/", false)]
    [InlineData("fd00::/8", "https://[fd00::1]/", true)]
    [InlineData("fd00::1", "https://[fd00::1]/", true)]
    [InlineData("fd00::2", "https://[fd00::1]/", false)]
    public void Exceptions_are_addresses_and_ranges_of_them(string exceptions, string destination, bool isExcepted) =>
        Assert.Equal(isExcepted, Of(("HTTPS_PROXY", "http://proxy.example:3128"), ("no_proxy", exceptions)).IsBypassed(new Uri(destination)));

    [Theory]
    [InlineData("http://someone:secret@proxy.example:3128", "someone", "secret", "")]
    [InlineData("http://someone:p%40ss%3Aword@proxy.example:3128", "someone", "p@ss:word", "")]
    [InlineData("http://someone:p@ss@proxy.example:3128", "someone", "p@ss", "")]
    [InlineData("http://CLINIC%5Csomeone:secret@proxy.example:3128", "someone", "secret", "CLINIC")]
    [InlineData("http://CLINIC\\someone:secret@proxy.example:3128", "someone", "secret", "CLINIC")]
    [InlineData("someone@proxy.example:3128", "someone", "", "")]
    public void User_and_password_go_to_that_proxy_only(string value, string user, string password, string domain)
    {
        var proxy = Of(("HTTPS_PROXY", value));

        var login = proxy.Credentials!.GetCredential(new Uri("http://proxy.example:3128/"), "Basic")!;
        Assert.Equal((user, password, domain), (login.UserName, login.Password, login.Domain));
        Assert.True(proxy.HasPassword);
        Assert.Null(proxy.Credentials.GetCredential(new Uri("http://proxy.example:3129/"), "Basic"));
        Assert.Equal("http://proxy.example:3128/", proxy.GetProxy(new Uri(Store))!.AbsoluteUri);
    }

    [Theory]
    [InlineData("http://")]
    [InlineData("http://:3128")]
    [InlineData("ftp://someone:secret@proxy.example:3128")]
    [InlineData("http://someone:secret@proxy.example:99999")]
    [InlineData("http://someone:secret@proxy.example:31x8")]
    [InlineData("http://someone:secret@proxy example:3128")]
    [InlineData("http://proxy.example:3128/secret")]
    public void What_is_no_address_is_an_error_that_names_the_variable_and_no_password(string value)
    {
        var failure = Assert.Throws<ArgumentException>(() => Of(("HTTPS_PROXY", value)));

        Assert.Contains("HTTPS_PROXY", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_of_a_request_is_no_proxy()
    {
        Assert.NotNull(Of(("HTTP_PROXY", "http://proxy.example:3128")).GetProxy(new Uri("http://store.example/")));
        Assert.Null(Of(("HTTP_PROXY", "http://evil.example:3128"), ("GATEWAY_INTERFACE", "CGI/1.1")).GetProxy(new Uri("http://store.example/")));
    }

    [Fact]
    public void The_proxy_of_the_system_counts_where_the_environment_names_none()
    {
        var system = new WebProxy("http://system.example:3128");

        Assert.Equal("http://system.example:3128/", new EnvironmentProxy(_ => null, system).GetProxy(new Uri(Store))!.AbsoluteUri);
        Assert.Null(new EnvironmentProxy(_ => null, system).GetProxy(new Uri("http://localhost/")));
        Assert.Null(new EnvironmentProxy(name => name == "http_proxy" ? "http://proxy.example:3128" : null, system).GetProxy(new Uri(Store)));
    }

    private static EnvironmentProxy Of(params (string Name, string Value)[] variables) =>
        new(name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
