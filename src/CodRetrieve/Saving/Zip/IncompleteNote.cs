using System.Globalization;
using System.Text;

namespace CodRetrieve.Saving;

/// <summary>The entry by which the zip of a study that is not complete says so itself, wherever it is sent.</summary>
internal static class IncompleteNote
{
    /// <summary>Its name.</summary>
    public const string EntryName = "INCOMPLETE.txt";

    // What a person may still read, and memory may hold beside a job.
    private const int MaxLines = 10_000;

    /// <summary>The text for a study; <see langword="null"/> if it is complete.</summary>
    public static byte[]? Of(StudyInfo study)
    {
        if (study.IsComplete)
        {
            return null;
        }

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Study {study.StudyInstanceUid} is not complete: this zip lacks what could not be retrieved.\n");
        text.Append("Download the study again to complete it.\n");
        foreach (var line in study.Failures.Select(Line).Order(StringComparer.Ordinal).Take(MaxLines))
        {
            text.Append('\n').Append(line);
        }

        if (study.Failures.Count > MaxLines)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n… and {study.Failures.Count - MaxLines} more");
        }

        return Encoding.UTF8.GetBytes(text.Append('\n').ToString());
    }

    private static string Line(RetrievalFailure failure)
    {
        var what = failure.SopInstanceUid is not null ? $"{failure.SeriesInstanceUid}/instances/{failure.SopInstanceUid}.dcm"
            : failure.SeriesInstanceUid is not null ? $"series {failure.SeriesInstanceUid}"
            : "the list of series";

        // One line each, whatever a server put into its message.
        return $"{what}: {failure}".ReplaceLineEndings(" ");
    }
}
