namespace CodRetrieve.Cli.Output;

/// <summary>Writes what failed to standard error, a line each, and not more of one kind than someone would read.</summary>
/// <param name="writer">Standard error.</param>
/// <param name="hold">Whether lines wait for <see cref="End"/>, because a progress bar is on the screen.</param>
internal sealed class ErrorLines(TextWriter writer, bool hold)
{
    private const int MaxInstances = 20;

    private readonly List<string> _held = [];
    private int _instances;

    public void Add(RetrievalFailure failure)
    {
        if (failure.SopInstanceUid is null)
        {
            Add(failure.ToString());
        }
        else
        {
            AddOneOfMany(failure.ToString());
        }
    }

    /// <summary>Adds what there may be thousands of: instances and files.</summary>
    public void AddOneOfMany(string message)
    {
        if (++_instances <= MaxInstances)
        {
            Add(message);
        }
    }

    public void Add(string message) => Write("error: " + message);

    public void Warn(string message) => Write("warning: " + message);

    public void End()
    {
        foreach (var line in _held)
        {
            writer.WriteLine(line);
        }

        _held.Clear();
        if (_instances > MaxInstances)
        {
            writer.WriteLine($"error: and {_instances - MaxInstances} more instances (--json names them all)");
        }

        _instances = 0;
    }

    private void Write(string line)
    {
        var single = line.ReplaceLineEndings(" ");
        if (hold)
        {
            _held.Add(single);
        }
        else
        {
            writer.WriteLine(single);
        }
    }
}
