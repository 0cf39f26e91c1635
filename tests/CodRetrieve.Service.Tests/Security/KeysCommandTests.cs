using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Security;
using CodRetrieve.Service.Tests.Support;

namespace CodRetrieve.Service.Tests.Security;

public sealed class KeysCommandTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_key_is_created_listed_without_its_secret_and_revoked()
    {
        await using var service = await TestService.CreateAsync();
        var (code, key, _) = await RunAsync(service, "create", "--role", "operator", "--name", "nightly import", "--tenant", "north", "--days", "30");
        Assert.Equal(0, code);
        Assert.True(ApiKey.TryParse(key.Trim(), out var parsed));
        var caller = await service.Get<ApiKeyVerifier>().VerifyAsync(key.Trim(), CancellationToken.None);
        Assert.Equal(($"key:{parsed.Id}", "nightly import", ServiceRole.Operator, "north"), (caller!.Subject, caller.Name, caller.Role, caller.Tenant));

        var (_, list, _) = await RunAsync(service, "list");
        Assert.Contains($"{parsed.Id}\toperator\tnorth\tuntil ", list, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Trim().Split('_')[2], list, StringComparison.Ordinal);

        Assert.Equal(0, (await RunAsync(service, "revoke", $"{parsed}")).Code);
        Assert.Equal(1, (await RunAsync(service, "revoke", parsed.Id)).Code);
        Assert.Null(await service.Get<ApiKeyVerifier>().VerifyAsync(key.Trim(), CancellationToken.None));

        var trail = new List<string>();
        await foreach (var entry in service.Requests.AuditTrailAsync(0, new Caller("test", SeesAllTenants: true), CancellationToken.None))
        {
            trail.Add($"{entry.Actor}: {entry.Action}, {entry.Detail}");
        }

        Assert.Equal([$"command line: create key, crk_{parsed.Id}, 'nightly import', operator, tenant north", $"command line: revoke key, crk_{parsed.Id}, 'nightly import'"], trail);
    }

    [Theory(Timeout = 60_000)]
    [InlineData]
    [InlineData("create")]
    [InlineData("create", "--role", "operator")]
    [InlineData("create", "--role", "root", "--name", "x")]
    [InlineData("create", "--role", "operator", "--name")]
    [InlineData("create", "--role", "operator", "--name", "x", "--name", "y")]
    [InlineData("create", "--role", "operator", "--name", " ")]
    [InlineData("create", "--role", "operator", "--name", "x", "--days", "0")]
    [InlineData("create", "--role", "operator", "--name", "x", "--days", "soon")]
    [InlineData("create", "--role", "operator", "--name", "x", "--colour", "red")]
    [InlineData("delete", "x")]
    public async Task Anything_else_is_refused_with_a_hint(params string[] arguments)
    {
        await using var service = await TestService.CreateAsync();
        var (code, output, errors) = await RunAsync(service, arguments);

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.NotEmpty(errors);
        Assert.False(await service.Get<IApiKeyStore>().AnyAsync(CancellationToken.None));
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(TestService service, params string[] arguments)
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        var code = await KeysCommand.RunAsync(arguments, service.Get<IServiceProvider>(), output, errors, CancellationToken.None);
        return (code, output.ToString(), errors.ToString());
    }
}
