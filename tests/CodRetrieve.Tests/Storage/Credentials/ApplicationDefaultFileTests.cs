using CodRetrieve.Storage;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage.Credentials;

public sealed class ApplicationDefaultFileTests
{
    private const string Name = "application_default_credentials.json";

    [Fact]
    public void It_is_looked_for_where_gcloud_keeps_it()
    {
        using var folder = new TempFolder();
        var configured = folder.Write(Path.Combine("configured", Name), "{}");
        var roaming = folder.Write(Path.Combine("roaming", "gcloud", Name), "{}");
        var home = folder.Write(Path.Combine("home", ".config", "gcloud", Name), "{}");
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal);
        string? Find() => ApplicationDefaultFile.Find(variables.GetValueOrDefault);
        Assert.Null(Find());

        variables["HOME"] = Path.Combine(folder.Path, "home");
        Assert.Equal(home, Find());
        variables["APPDATA"] = Path.Combine(folder.Path, "roaming");
        Assert.Equal(roaming, Find());
        variables["CLOUDSDK_CONFIG"] = Path.Combine(folder.Path, "configured");
        Assert.Equal(configured, Find());
        variables["CLOUDSDK_CONFIG"] = Path.Combine(folder.Path, "empty");
        Assert.Null(Find());
        variables["GOOGLE_APPLICATION_CREDENTIALS"] = "named.json";
        Assert.Equal("named.json", Find());
    }
}
