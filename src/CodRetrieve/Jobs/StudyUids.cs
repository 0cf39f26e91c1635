using System.Runtime.CompilerServices;
using CodRetrieve.Catalog;

namespace CodRetrieve.Jobs;

/// <summary>Validates the Study Instance UIDs that a caller gives, and keeps each once.</summary>
internal sealed class StudyUids(string parameterName)
{
    private readonly Dictionary<string, string> _known = new(StringComparer.OrdinalIgnoreCase);
    private int _count;

    /// <summary>Validates a list.</summary>
    /// <exception cref="ArgumentException">There is no UID, or one that is blank or cannot be the name of a folder, or two differ only in case.</exception>
    public static IReadOnlyList<string> Validate(IEnumerable<string> studyInstanceUids)
    {
        ArgumentNullException.ThrowIfNull(studyInstanceUids);
        var uids = new StudyUids(nameof(studyInstanceUids));
        var studies = studyInstanceUids.Select(uids.Next).OfType<string>().ToList();
        return studies.Count > 0 ? studies : throw new ArgumentException("No Study Instance UID was given.", nameof(studyInstanceUids));
    }

    /// <summary>Validates UIDs while they are enumerated.</summary>
    public static async IAsyncEnumerable<string> ValidateAsync(IAsyncEnumerable<string> studyInstanceUids, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var uids = new StudyUids(nameof(studyInstanceUids));
        await foreach (var uid in studyInstanceUids.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (uids.Next(uid) is { } study)
            {
                yield return study;
            }
        }
    }

    // Null for one that came before.
    private string? Next(string? uid)
    {
        _count++;
        var study = uid?.Trim() ?? "";
        if (!SafeUid.IsSafe(study))
        {
            throw new ArgumentException(
                study.Length == 0
                    ? $"Study Instance UID number {_count} of the list is blank."
                    : $"A Study Instance UID may contain only letters, digits, dots, dashes and underscores, at most {SafeUid.MaxLength}; number {_count} of the list does not.",
                parameterName);
        }

        // UIDs are digits and dots (PS3.5, 9), but names of other kinds would meet in one folder, and in one zip, on some file systems.
        return _known.TryAdd(study, study) ? study
            : _known[study] == study ? null
            : throw new ArgumentException(
                $"Number {_count} of the list of studies differs from another one only in case. Request each by itself, with a directory of its own.",
                parameterName);
    }
}
