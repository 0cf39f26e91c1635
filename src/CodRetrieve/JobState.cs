namespace CodRetrieve;

/// <summary>What a <see cref="Job"/> is doing. How it ended is its <see cref="JobResult.Outcome"/>.</summary>
public enum JobState
{
    /// <summary>The job has not been run.</summary>
    Ready,

    /// <summary>The job is running.</summary>
    Running,

    /// <summary>The job finishes what is under way before it pauses.</summary>
    Pausing,

    /// <summary>Nothing is under way until <see cref="Job.Resume"/>.</summary>
    Paused,

    /// <summary>The job is being stopped or cancelled, and has not ended yet.</summary>
    Stopping,

    /// <summary>The job has ended: <see cref="Job.Result"/> says how.</summary>
    Completed,
}
