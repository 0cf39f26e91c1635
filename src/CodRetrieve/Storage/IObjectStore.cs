namespace CodRetrieve.Storage;

/// <summary>
/// A bucket to read from. Implement it to read Cloud Optimized DICOM from somewhere else than Cloud Storage's JSON API or a folder.
/// </summary>
/// <remarks>
/// One call makes one attempt: retrying, resuming and bounding the number of calls in flight is done by the caller, who decides what is
/// worth retrying by <see cref="ObjectStoreException.IsTransient"/>. Calls may come at the same time. A call must not block its thread; one
/// that ends neither by itself nor by its token is given up after ten times <see cref="CodDownloadOptions.IdleTimeout"/>, and what it returns after
/// that is disposed.
/// </remarks>
public interface IObjectStore
{
    /// <summary>The name of an object for display: in results, messages and logs. It must hold no secret.</summary>
    /// <param name="objectName">The object's name in the bucket.</param>
    /// <returns>For example <c>gs://my-bucket/dicomweb/studies/1.2/series/1.2.3.tar</c>.</returns>
    string GetUri(string objectName);

    /// <summary>Lists one page of the objects whose names begin with a prefix, in lexicographic order, without a delimiter.</summary>
    /// <param name="prefix">What the names begin with.</param>
    /// <param name="pageToken">The <see cref="ObjectListPage.NextPageToken"/> of the page before; <see langword="null"/> for the first.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The page; an empty one where no object's name begins so.</returns>
    /// <exception cref="ObjectStoreException">The request failed.</exception>
    Task<ObjectListPage> ListAsync(string prefix, string? pageToken, CancellationToken cancellationToken);

    /// <summary>Lists one page as <see cref="ListAsync"/> does, beginning at a name, so that a long listing is continued where another one ended.</summary>
    /// <param name="prefix">What the names begin with.</param>
    /// <param name="startOffset">The name, prefix included, below which no object is wanted (Cloud Storage's <c>startOffset</c>); there need not be an object of that name.</param>
    /// <param name="pageToken">The <see cref="ObjectListPage.NextPageToken"/> of the page before; <see langword="null"/> for the first.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The page. It may hold objects below <paramref name="startOffset"/>, which the caller passes over.</returns>
    /// <remarks>The default implementation lists from the beginning. A store that can begin elsewhere saves the pages before.</remarks>
    /// <exception cref="ObjectStoreException">The request failed.</exception>
    Task<ObjectListPage> ListFromAsync(string prefix, string startOffset, string? pageToken, CancellationToken cancellationToken) =>
        ListAsync(prefix, pageToken, cancellationToken);

    /// <summary>Opens an object's bytes as they are stored: one stored with content-encoding <c>gzip</c> is, where possible, not decompressed.</summary>
    /// <param name="objectName">The object's name.</param>
    /// <param name="generation">The generation that the bytes must belong to; <see langword="null"/> for the newest.</param>
    /// <param name="range">The bytes wanted; <see langword="null"/> for all. A store may return more than was asked, and says so in
    /// <see cref="ObjectContent.Offset"/>.</param>
    /// <param name="cancellationToken">Ends the request; the body is read with the token of each read.</param>
    /// <returns>The body, which the caller disposes.</returns>
    /// <exception cref="ObjectStoreException">The request failed, the generation is gone, or the range lies outside the object.</exception>
    Task<ObjectContent> OpenReadAsync(string objectName, long? generation, ByteRange? range, CancellationToken cancellationToken);
}
