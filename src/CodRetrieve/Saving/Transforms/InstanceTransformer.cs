using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>Has a transform make of a verified instance what is saved. Safe for calls for different instances at once.</summary>
/// <param name="root">The directory that is saved to.</param>
/// <param name="transform">The transform.</param>
/// <param name="identity">Its identity.</param>
/// <param name="options">How files are written.</param>
internal sealed class InstanceTransformer(string root, IInstanceTransform transform, TransformIdentity identity, SavingOptions options)
{
    private const int BufferBytes = 64 * 1024;

    private readonly DestinationWriter _writer = new(options.Files, root);

    /// <summary>Transforms an instance.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="content">Its bytes, read to their end before the transform gets any of them: what reading throws passes unchanged.</param>
    /// <param name="cancellationToken">Ends the job.</param>
    /// <returns>The result.</returns>
    /// <exception cref="InstanceTransformException">The transform failed, or made nothing.</exception>
    /// <exception cref="DestinationException">No more can be saved.</exception>
    public async ValueTask<TransformedInstance> TransformAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
    {
        using var source = await ReadAsync(instance, content, cancellationToken).ConfigureAwait(false);
        var result = new Spool(source.Length, _writer, CreateFile);
        try
        {
            await TransformAsync(instance, source, result, cancellationToken).ConfigureAwait(false);
            return result.Length > 0
                ? new TransformedInstance(instance.AsSaved(result.Length, result.Crc32c), result, new TransformOrigin(identity.Hash, source.Crc32c))
                : throw new InstanceTransformException($"{instance.Uri}: the transform '{identity.Text}' wrote nothing. To leave instances out, select others.");
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    private async ValueTask<Spool> ReadAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
    {
        var spool = new Spool(instance.SizeBytes, _writer, CreateFile);
        try
        {
            var buffer = new byte[BufferBytes];
            while (await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
            {
                await spool.AppendAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }

            return spool;
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    private async ValueTask TransformAsync(InstanceInfo instance, Spool source, Spool result, CancellationToken cancellationToken)
    {
        var reader = new SpoolReader(source);
        await using var closingReader = reader.ConfigureAwait(false);
        var writer = new SpoolWriter(result);
        await using var closingWriter = writer.ConfigureAwait(false);
        try
        {
            await transform.TransformAsync(instance, reader, writer, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a transform throws is the cause of this instance's failure.
        catch (Exception e) when (e is not DestinationException)
#pragma warning restore CA1031
        {
            cancellationToken.ThrowIfCancellationRequested();

            // Not the message of another exception, which may have values of attributes.
            throw result.Fault ?? new InstanceTransformException(
                $"{instance.Uri}: the transform '{identity.Text}' failed: {(e is CodRetrieveException ? e.Message : $"{e.GetType().Name}. The cause is in the inner exception.")}", e);
        }

        if (result.Fault is { } fault)
        {
            throw fault;
        }
    }

    // In the directory and not in the system's folder for such files, which may be in memory.
    private FileStream CreateFile()
    {
        var path = Path.Combine(StatePaths.In(root), $"transform.{PartialName.NewId()}");
        try
        {
            var form = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous };
            if (OperatingSystem.IsWindows())
            {
                form.Options |= FileOptions.DeleteOnClose;
                return new FileStream(path, form);
            }

            form.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            var file = new FileStream(path, form);
            try
            {
                // It lives on without its name, and not longer than the process.
                File.Delete(path);
                return file;
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (Exception e) when (DestinationErrors.From(e, root) is { } fault)
        {
            throw fault;
        }
    }
}
