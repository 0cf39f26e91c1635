namespace CodRetrieve.Tests.Support;

/// <summary>Notes every event of a job in the order in which they are raised, and whether two ever came at once.</summary>
public sealed class JobRecorder
{
    private readonly List<EventArgs> _events = [];
    private int _inside;

    public JobRecorder(Job job)
    {
        job.Progress += (_, args) => Add(args);
        job.Downloaded += (_, args) => Add(args);
        job.Extracted += (_, args) => Add(args);
        job.Saved += (_, args) => Add(args);
        job.Completed += (_, args) => Add(args);
        job.Error += (_, args) => Add(args);
    }

    public IReadOnlyList<EventArgs> Events => _events;

    public bool CameTwoAtOnce { get; private set; }

    public IEnumerable<T> Of<T>()
        where T : EventArgs => _events.OfType<T>();

    private void Add(EventArgs args)
    {
        CameTwoAtOnce |= Interlocked.Increment(ref _inside) != 1;
        _events.Add(args);
        Interlocked.Decrement(ref _inside);
    }
}
