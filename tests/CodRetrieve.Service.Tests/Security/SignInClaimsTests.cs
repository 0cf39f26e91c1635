using System.Security.Claims;
using CodRetrieve.Service.Security;

namespace CodRetrieve.Service.Tests.Security;

public sealed class SignInClaimsTests
{
    [Fact]
    public void The_highest_role_counts() =>
        Assert.Equal(ServiceRole.Operator, CallerOf(new(), ("sub", "1"), ("roles", "viewer"), ("roles", "operator"), ("roles", "else"))!.Role);

    [Fact]
    public void Groups_are_mapped_to_roles()
    {
        var options = new SignInOptions { RoleClaim = "groups" };
        options.Roles["administrator"] = ["pacs-admins"];
        options.Roles["viewer"] = ["radiology", "everyone"];

        Assert.Equal(ServiceRole.Administrator, CallerOf(options, ("sub", "1"), ("groups", "everyone"), ("groups", "pacs-admins"))!.Role);
        Assert.Equal(ServiceRole.Viewer, CallerOf(options, ("sub", "1"), ("groups", "radiology"))!.Role);
        // With a mapping, the names of the roles are groups like any other.
        Assert.Null(CallerOf(options, ("sub", "1"), ("groups", "administrator")));
    }

    [Fact]
    public void Nobody_is_anything_without_a_role_or_a_subject()
    {
        Assert.Null(CallerOf(new(), ("sub", "1")));
        Assert.Null(CallerOf(new(), ("sub", "1"), ("roles", "Administrator")));
        Assert.Null(CallerOf(new(), ("roles", "administrator")));
    }

    [Fact]
    public void Nobody_gets_in_without_a_tenant_where_there_are_tenants()
    {
        var options = new SignInOptions { TenantClaim = "org" };

        Assert.Null(CallerOf(options, ("sub", "1"), ("roles", "administrator")));
        Assert.Null(CallerOf(options, ("sub", "1"), ("roles", "administrator"), ("org", "")));
        Assert.Equal("north", CallerOf(options, ("sub", "1"), ("roles", "administrator"), ("org", "north"))!.Tenant);
        Assert.Null(CallerOf(new(), ("sub", "1"), ("roles", "viewer"), ("tenant", "north"))!.Tenant);
    }

    [Fact]
    public void A_name_cannot_pretend_to_be_somebody_else()
    {
        var caller = CallerOf(new(), ("sub", "1"), ("roles", "viewer"), ("name", "root (key:0123)"))!.ToCaller();

        Assert.EndsWith("(oidc:1)", caller.Name, StringComparison.Ordinal);
        Assert.True(CallerOf(new(), ("sub", new string('s', 500)), ("roles", "viewer"), ("name", new string('n', 500)))!.ToCaller().Name.Length <= 128);
    }

    private static ServiceUser? CallerOf(SignInOptions options, params (string Type, string Value)[] claims) =>
        SignInClaims.CallerOf(new ClaimsPrincipal(new ClaimsIdentity(claims.Select(claim => new Claim(claim.Type, claim.Value)), "test")), options);
}
