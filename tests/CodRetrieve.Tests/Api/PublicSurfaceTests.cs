using System.Reflection;
using CodRetrieve.Saving;
using CodRetrieve.Storage;
using CodRetrieve.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CodRetrieve.Tests.Api;

/// <summary>Rules for the public API as a whole. The members themselves are listed in <c>PublicAPI.*.txt</c>, which the build checks.</summary>
public sealed class PublicSurfaceTests
{
    private static readonly Dictionary<string, Assembly> Packages = new(StringComparer.Ordinal)
    {
        ["CodRetrieve"] = typeof(CodDownload).Assembly,
        ["CodRetrieve.Testing"] = typeof(GcsTestServer).Assembly,
        ["CodRetrieve.GoogleCloudStorage"] = typeof(StorageClientObjectStore).Assembly,
        ["CodRetrieve.DicomWeb"] = typeof(DicomWeb.StowSaveHandler).Assembly,
        ["CodRetrieve.Dimse"] = typeof(Dimse.DimseSaveHandler).Assembly,
        ["CodRetrieve.SharpZipLib"] = typeof(AesZipEncryption).Assembly,
        ["CodRetrieve.DependencyInjection"] = typeof(CodRetrieveServiceCollectionExtensions).Assembly,
    };

    public static TheoryData<string> Names => new(Packages.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Only_exceptions_events_and_handlers_have_base_classes(string package) =>
        Assert.Equal(
            package == "CodRetrieve" ? [typeof(CodRetrieveException), typeof(JobEvent), typeof(DelegatingSaveHandler), typeof(DirectorySaveHandler), typeof(ZipEncryption)] : [],
            Packages[package].GetExportedTypes().Where(type => type is { IsClass: true, IsSealed: false }).OrderBy(type => type.FullName, StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Types_are_in_the_documented_namespaces(string package)
    {
        string[] allowed = package switch
        {
            "CodRetrieve" => ["CodRetrieve", "CodRetrieve.Storage", "CodRetrieve.Saving", "CodRetrieve.Verification"],
            "CodRetrieve.GoogleCloudStorage" => ["CodRetrieve.Storage"],
            "CodRetrieve.SharpZipLib" => ["CodRetrieve.Saving"],
            "CodRetrieve.DependencyInjection" => ["CodRetrieve", "Microsoft.Extensions.DependencyInjection"],
            _ => [package],
        };
        Assert.All(Packages[package].GetExportedTypes(), type => Assert.Contains(type.Namespace, allowed));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_type_is_nested(string package) =>
        Assert.DoesNotContain(Packages[package].GetExportedTypes(), type => type.IsNested);
}
