using CodRetrieve.Saving;

namespace CodRetrieve.Testing;

/// <summary>What the checks of <see cref="SaveHandlerContract"/> need of a handler's tests: handlers for one destination, and a way to look into it.</summary>
/// <remarks>Each check needs a fixture of its own, with a destination that is empty. The members are called one at a time.</remarks>
public interface ISaveHandlerFixture
{
    /// <summary>
    /// Gets whether the handler takes DICOM files only, as those that deliver to a PACS do. Then every content is one (Part 10, explicit VR little endian) with the UIDs of its instance and
    /// its study and series, of at least 1,024 bytes. Default: <see langword="false"/>, and contents are any bytes, of any number.
    /// </summary>
    bool TakesDicomOnly => false;

    /// <summary>Makes a handler for the destination, as a job gets it. A second one in a check finds what the first one saved.</summary>
    /// <returns>The handler. Where it is an <see cref="ISaveHandlerLifecycle"/>, the check opens it, begins its studies and closes it as a job does.</returns>
    ISaveHandler CreateHandler();

    /// <summary>Reads back an instance of a study that was completed.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>Its bytes as they are in the destination.</returns>
    ValueTask<byte[]> ReadAsync(InstanceInfo instance, CancellationToken cancellationToken);

    /// <summary>
    /// Returns what others can see of instances in the destination, unfinished ones included: names for messages. Default: nothing, where it cannot be looked at.
    /// </summary>
    /// <returns>The names; none where nothing was saved.</returns>
    IEnumerable<string> ListVisible() => [];
}
