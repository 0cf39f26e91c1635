namespace CodRetrieve;

/// <summary>
/// Changes instances between their verification and their saving, such as removing what identifies a patient. Set it as <see cref="CodDownloadOptions.Transform"/>; docs/transforms.md has the
/// whole of it.
/// </summary>
/// <remarks>
/// <para>A job makes calls for different instances at the same time, up to <see cref="CodDownloadOptions.MaxConnections"/>; an instance that fails to be saved is transformed again.</para>
/// <para>A file keeps the name that it has without a transform, by the UIDs of the store, whatever UIDs are in it. Its receipt has the CRC32C of the source, that of the result, and
/// <see cref="Identity"/>: so an edit in the store, and another identity, have the instance fetched and transformed again.</para>
/// </remarks>
public interface IInstanceTransform
{
    /// <summary>
    /// Gets the name and the version of the transform, with all that its results depend on: <c>deidentify/2 profile=Basic</c>. From 1 to 200 printable ASCII characters, the same ones for as long as the
    /// results are the same. Not secret: it is written beside what is saved, and is in messages.
    /// </summary>
    string Identity { get; }

    /// <summary>Writes an instance as it is to be saved.</summary>
    /// <param name="instance">The instance, as its series' index lists it.</param>
    /// <param name="source">
    /// Its bytes, whole and verified: readable and seekable, at its beginning, valid until the call returns. It belongs to the job.
    /// </param>
    /// <param name="target">
    /// Receives the result: writable, not seekable, valid until the call returns. It belongs to the job; disposing it has no effect. Nothing of it is visible before the call returns, and nothing at all where the call
    /// throws. At least one byte.
    /// </param>
    /// <param name="cancellationToken">Ends the job.</param>
    /// <returns>A task that ends when the result is written.</returns>
    /// <remarks>
    /// <para>What is large is kept in temporary files in the directory that is saved to, not in memory. Read and write in blocks, synchronously or not.</para>
    /// <para>What is thrown fails this instance only, as the inner exception of an <see cref="InstanceTransformException"/>. Throw a <see cref="DestinationException"/> to stop the job. The message of a <see cref="CodRetrieveException"/> is shown
    /// to users. Keep values of attributes out of the messages of all exceptions: loggers print them.</para>
    /// </remarks>
    ValueTask TransformAsync(InstanceInfo instance, Stream source, Stream target, CancellationToken cancellationToken);
}
