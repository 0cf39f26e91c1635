using System.Globalization;
using CodRetrieve.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodRetrieve.Tests.Docs;

/// <summary><c>docs/configuration.md</c> has every option with its real default.</summary>
public sealed class ConfigurationDocumentTests
{
    [Fact]
    public void Every_option_is_in_the_table_with_its_default()
    {
        var defaults = new CodDownloadOptions();

        Assert.Equal(
            typeof(CodDownloadOptions).GetProperties().Select(option => $"{option.Name} = {Text(option.GetValue(defaults))}").Order(StringComparer.Ordinal),
            DocTable.Rows(Repository.Root, "docs/configuration.md", "## Options")
                .Select(row => $"{DocTable.Code(row[0]).Single()} = {DocTable.Code(row[1]).Single()}")
                .Order(StringComparer.Ordinal));
    }

    private static string Text(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        NullLoggerFactory => "none",
        TimeProvider time when time == TimeProvider.System => "system",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
