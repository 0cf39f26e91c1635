using System.Diagnostics.CodeAnalysis;

namespace CodRetrieve;

/// <summary>
/// The base of everything that a <see cref="Job"/> reports while it runs, as the data of its .NET events and as the items of
/// <see cref="Job.StreamAsync"/>. A closed set: <see cref="SeriesProgressEventArgs"/>, <see cref="SeriesDownloadedEventArgs"/>,
/// <see cref="SeriesExtractedEventArgs"/>, <see cref="InstanceSavedEventArgs"/>, <see cref="JobErrorEventArgs"/> and
/// <see cref="JobCompletedEventArgs"/>. Immutable.
/// </summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "It names the items of a stream; those that are raised as events have the suffix.")]
public abstract class JobEvent : EventArgs
{
    private protected JobEvent()
    {
    }
}
