using System.Collections;
using System.Globalization;
using System.Reflection;
using CodRetrieve.Service.Configuration;

namespace CodRetrieve.Service.Tests.Configuration;

public sealed class ConfigurationDocumentTests
{
    [Fact]
    public void Document_has_every_setting_with_its_default()
    {
        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs", "configuration.md")).SkipWhile(line => line != "## The service").TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal) || line == "## The service")
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Select(cells => $"{cells[1].Trim('`')} = {cells[2].Trim('`')}");
        Assert.Equal(SettingsOf(new ServiceOptions(), "").Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> SettingsOf(object options, string prefix) => options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).SelectMany(property =>
        property.GetValue(options) switch
        {
            IDictionary => SettingsOf(Activator.CreateInstance(property.PropertyType.GetGenericArguments()[1])!, $"{prefix}{property.Name}:…:"),
            IList => [$"{prefix}{property.Name} = "],
            null => [$"{prefix}{property.Name} = null"],
            { } value when value.GetType() is { IsClass: true } type && type != typeof(string) => SettingsOf(value, $"{prefix}{property.Name}:"),
            var value => [$"{prefix}{property.Name} = {Convert.ToString(value, CultureInfo.InvariantCulture)}"],
        });
}
