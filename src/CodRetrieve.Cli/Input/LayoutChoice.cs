using System.Text.RegularExpressions;
using CodRetrieve.Cli.Cohorts;
using CodRetrieve.Cli.Options;

namespace CodRetrieve.Cli.Input;

/// <summary>Makes the layout of the command line, whose columns are those of the cohort.</summary>
internal static partial class LayoutChoice
{
    public const string SaltVariable = "COD_RETRIEVE_LAYOUT_SALT";

    /// <summary>The names in a template that may be columns of a cohort.</summary>
    public static IEnumerable<string> NamesIn(string? layout) => FieldNames().Matches(layout ?? "").Select(static match => match.Groups["name"].Value.Trim());

    /// <exception cref="UsageException">The layout cannot be read, or needs a secret that there is not.</exception>
    public static FolderLayout Choose(LayoutRequest request, CohortValues? values, IReadOnlyDictionary<string, string?> environment)
    {
        if (request.Layout is not { } text)
        {
            return FolderLayout.Default;
        }

        try
        {
            var layout = FolderLayout.Parse(text, values?.Columns);
            return new FolderLayout(layout.Template, values?.Columns)
            {
                Salt = SaltOf(request, environment),
                AllowIdentifiers = request.AllowIdentifiers,
                ReadColumn = values is null ? null : values.Find,
            };
        }
        catch (FormatException e)
        {
            throw new UsageException($"--layout: {e.Message}", e);
        }
    }

    private static string? SaltOf(LayoutRequest request, IReadOnlyDictionary<string, string?> environment)
    {
        if (request.SaltFile is not { } file)
        {
            return environment.GetValueOrDefault(SaltVariable);
        }

        try
        {
            return File.ReadLines(file).FirstOrDefault() is { Length: > 0 } salt ? salt : throw new UsageException($"The first line of {file}, which should be the secret of the layout, is empty.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The file of the layout's secret cannot be read: {e.Message}", e);
        }
    }

    [GeneratedRegex(@"\{(?<name>[^{}:|]+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FieldNames();
}
