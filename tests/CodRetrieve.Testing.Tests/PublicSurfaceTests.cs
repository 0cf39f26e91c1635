namespace CodRetrieve.Testing.Tests;

public sealed class PublicSurfaceTests
{
    private static readonly Type[] Exported = typeof(GcsTestServer).Assembly.GetExportedTypes();

    [Fact]
    public void Has_no_class_to_derive_from() =>
        Assert.Empty(Exported.Where(type => type.IsClass && !type.IsSealed).Select(type => type.Name));

    [Fact]
    public void Lies_in_one_namespace() =>
        Assert.All(Exported, type => Assert.Equal("CodRetrieve.Testing", type.Namespace));

    // What the server and the builders give is checked against the library: they must not get it from there.
    [Fact]
    public void Only_the_contracts_use_the_library()
    {
        var library = typeof(CodDownload).Assembly.GetTypes().Select(type => type.FullName!).Where(name => name.StartsWith("CodRetrieve.", StringComparison.Ordinal)).ToArray();
        var types = NetArchTest.Rules.Types.InAssembly(typeof(GcsTestServer).Assembly);

        Assert.Empty(types.That().DoNotResideInNamespace("CodRetrieve.Testing.Contracts").And().DoNotHaveNameMatching("Contract|Fixture$")
            .ShouldNot().HaveDependencyOnAny(library).GetResult().FailingTypeNames ?? []);
        Assert.False(types.That().HaveName("ListingChecks").ShouldNot().HaveDependencyOnAny(library).GetResult().IsSuccessful);
    }
}
