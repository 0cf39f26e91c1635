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

    [Fact]
    public void Stands_without_the_library() =>
        Assert.DoesNotContain("CodRetrieve", typeof(GcsTestServer).Assembly.GetReferencedAssemblies().Select(name => name.Name!), StringComparer.Ordinal);
}
