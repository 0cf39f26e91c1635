using System.Runtime.CompilerServices;
using CodRetrieve.Cli.Output;

namespace CodRetrieve.Cli.Input;

/// <summary>The studies of <c>--all</c>: those of the store, by its listing. For one command.</summary>
internal sealed class AllStudies(CodDownload cod, BucketChoice bucket)
{
    private const int MaxReported = 20;

    private readonly List<string> _listed = [];
    private readonly List<string> _problems = [];
    private int _problemCount;

    // UIDs are digits and dots (PS3.5, 9.1); names of other kinds may differ only in case, and would meet in one folder.
    private readonly HashSet<string> _withLetters = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The studies that were listed so far. Read it when the listing has ended.</summary>
    public IReadOnlyList<string> Listed => _listed;

    /// <summary>What of the store cannot be asked for: lines for people, not more than someone would read.</summary>
    public IEnumerable<string> Problems => _problemCount <= MaxReported ? _problems
        : _problems.Append($"and {_problemCount - MaxReported} more folders with names that cannot be those of studies");

    /// <summary>Lists the studies while they are enumerated.</summary>
    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var options = new StudyListOptions { Rejected = failure => AddProblem(failure.ToString()) };
        await foreach (var study in cod.ListStudiesAsync(options, cancellationToken).ConfigureAwait(false))
        {
            var uid = study.StudyInstanceUid;
            if (uid.Any(char.IsAsciiLetter) && !_withLetters.Add(uid))
            {
                AddProblem($"The study {uid} differs from another one only in case. Request it by itself, with a directory of its own.");
                continue;
            }

            _listed.Add(uid);
            yield return uid;
        }
    }

    /// <summary>Lists the studies to the end.</summary>
    /// <exception cref="NothingFoundException">There is none.</exception>
    public async Task<IReadOnlyList<string>> ReadAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in ListAsync(cancellationToken).ConfigureAwait(false))
        {
            // They are kept.
        }

        ThrowIfNone();
        return _listed;
    }

    /// <exception cref="NothingFoundException">There is no study.</exception>
    public void ThrowIfNone()
    {
        if (_listed.Count == 0)
        {
            throw new NothingFoundException(NoStudies.Text(bucket));
        }
    }

    private void AddProblem(string text)
    {
        if (++_problemCount <= MaxReported)
        {
            _problems.Add(PrintableText.Of(text));
        }
    }
}
