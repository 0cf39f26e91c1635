namespace CodRetrieve.Cli.Output;

/// <summary>The file of <c>--report</c>, in one of its forms. Not thread safe: a job raises its events one at a time.</summary>
internal interface IInstanceReport : IDisposable
{
    /// <summary>Takes the events of a job, until the file cannot be written any more.</summary>
    void Follow(Job job);

    /// <summary>Adds what is known at the end, and gives the file its name. What was not completed is taken away when it is disposed.</summary>
    /// <exception cref="DestinationException">The report could not be written.</exception>
    Task CompleteAsync(JobResult? result, Exception? cause);
}
