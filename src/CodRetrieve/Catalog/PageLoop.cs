namespace CodRetrieve.Catalog;

/// <summary>
/// Notices a listing without an end, however long the listing is, and remembers one page token for it: each token is compared with an earlier one, which is replaced after 1, 2, 4, 8… pages
/// (Brent's algorithm), so that tokens which come again are met after at most about three times their number.
/// </summary>
internal sealed class PageLoop
{
    // A store may give empty pages, such as over what was deleted, but not for ever.
    private const int MaxPagesInPlace = 10_000;

    private string? _kept;
    private long _pages;
    private long _pagesToNext = 1;
    private int _pagesInPlace;

    /// <summary>Whether the page that a token leads to may be another one.</summary>
    /// <param name="pageToken">The token of the next page.</param>
    /// <param name="isFurther">Whether the page that gave it has names behind those of the pages before.</param>
    public bool MayGoOn(string pageToken, bool isFurther)
    {
        _pagesInPlace = isFurther ? 0 : _pagesInPlace + 1;
        if (pageToken == _kept || _pagesInPlace > MaxPagesInPlace)
        {
            return false;
        }

        if (++_pages == _pagesToNext)
        {
            (_kept, _pages, _pagesToNext) = (pageToken, 0, 2 * _pagesToNext);
        }

        return true;
    }
}
