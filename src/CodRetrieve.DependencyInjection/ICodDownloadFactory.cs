namespace CodRetrieve;

/// <summary>Makes a <see cref="CodDownload"/> with the host's options, HTTP clients, log and clock.</summary>
/// <remarks>
/// Registered once for the whole host by <c>services.AddCodRetrieve()</c>, and safe for use by several requests at once. Give each job that runs
/// at the same time a directory of its own: a second job in a directory in use is refused.
/// </remarks>
public interface ICodDownloadFactory
{
    /// <summary>Makes one for a bucket and a directory.</summary>
    /// <param name="directory">The root folder of what is saved; see <see cref="CodDownload.InitDirectory(string)"/>.</param>
    /// <param name="bucketUrl">The bucket, or a store on a disk; see <see cref="CodDownload.InitBucket(string)"/>.</param>
    /// <returns>One that the caller disposes after the last of its jobs has ended; the connections belong to the host.</returns>
    /// <exception cref="ArgumentException">The directory is no path, or the URL none of a bucket. The message never holds the token.</exception>
    /// <exception cref="DestinationException">The directory cannot be made or written.</exception>
    CodDownload Create(string directory, string bucketUrl);

    /// <summary>Makes one without bucket and directory, for a save handler or a store of your own: call <c>InitBucket</c> and, unless you
    /// give a save handler, <c>InitDirectory</c> on it.</summary>
    /// <returns>One that the caller disposes after the last of its jobs has ended; the connections belong to the host.</returns>
    CodDownload Create();
}
