using CodRetrieve.Saving;

namespace CodRetrieve.Jobs;

/// <summary>Ends a job before it has filled the device, rather than when it has: checks each series that is planned.</summary>
internal sealed class DiskSpaceGuard(IDiskSpace? destination, JobTally tally)
{
    // Those that are still being saved, with what the destination carries over from an earlier run.
    private readonly Dictionary<StudyRun, long> _studies = [];

    /// <summary>Checks whether what is planned so far has space, one more series of a study included.</summary>
    /// <exception cref="DestinationException">It has not.</exception>
    public void Check(StudyRun study)
    {
        // Read first: what is written in between must not count as missing from both.
        if (destination?.FreeBytes() is not { } free)
        {
            return;
        }

        var toSave = tally.BytesToSave();
        long carriedOver;
        lock (_studies)
        {
            if (!_studies.ContainsKey(study))
            {
                _studies.Add(study, destination.BytesCarriedOver(study.StudyInstanceUid));
            }

            carriedOver = _studies.Values.Sum();
        }

        destination.ThrowIfTooSmall(free, toSave, carriedOver);
    }

    /// <summary>All of a study is saved. What putting it together takes is given back when that is done, so it is left out from now on.</summary>
    public void Leave(StudyRun study)
    {
        lock (_studies)
        {
            _studies.Remove(study);
        }
    }
}
