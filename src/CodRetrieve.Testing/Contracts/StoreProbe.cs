using CodRetrieve.Storage;

namespace CodRetrieve.Testing.Contracts;

/// <summary>A store as a check sees it: objects below a prefix of its own, listings of all pages, and failures that must come.</summary>
/// <param name="fixture">The store and a way to put objects.</param>
/// <param name="prefix">What the names of this check begin with.</param>
/// <param name="cancellationToken">Ends the check.</param>
internal sealed class StoreProbe(IObjectStoreFixture fixture, string prefix, CancellationToken cancellationToken)
{
    private const int MaxPages = 10_000;

    public IObjectStoreFixture Fixture => fixture;

    public IObjectStore Store => fixture.Store;

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>The whole name of an object of this check.</summary>
    public string Name(string name) => prefix + name;

    /// <summary>Puts an object of this check.</summary>
    public Task PutAsync(string name, ReadOnlyMemory<byte> content, string? contentEncoding = null) =>
        fixture.PutAsync(Name(name), content, contentEncoding, cancellationToken);

    /// <summary>Puts objects of a byte each.</summary>
    public async Task PutAsync(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            await PutAsync(name, new byte[] { 1 }).ConfigureAwait(false);
        }
    }

    /// <summary>All pages of a listing.</summary>
    public Task<IReadOnlyList<ObjectListPage>> ListPagesAsync(string of) =>
        ListPagesAsync(token => Store.ListAsync(Name(of), token, cancellationToken), "ListAsync");

    /// <summary>All objects of a listing that begins at a name; those below it, which a store may list all the same, are left out.</summary>
    public async Task<IReadOnlyList<ObjectInfo>> ListFromAsync(string of, string from)
    {
        var pages = await ListPagesAsync(token => Store.ListFromAsync(Name(of), Name(from), token, cancellationToken), "ListFromAsync").ConfigureAwait(false);
        return [.. pages.SelectMany(static page => page.Items).Where(item => string.CompareOrdinal(item.Name, Name(from)) >= 0)];
    }

    private static async Task<IReadOnlyList<ObjectListPage>> ListPagesAsync(Func<string?, Task<ObjectListPage>> list, string method)
    {
        var (pages, tokens) = (new List<ObjectListPage>(), new HashSet<string>(StringComparer.Ordinal));
        string? token = null;
        do
        {
            var page = await list(token).ConfigureAwait(false)
                ?? throw new ContractViolationException($"{method} returned null; it must return a page, an empty one where there is nothing.");
            pages.Add(page);
            token = page.NextPageToken;
            Violation.If(token is not null && !tokens.Add(token), "The page token of an earlier page came again; each page must lead on to the next.");
            Violation.If(pages.Count > MaxPages, $"More than {MaxPages} pages came; the last one must have no page token.");
        }
        while (token is not null);

        return pages;
    }

    /// <summary>All objects of a listing.</summary>
    public async Task<IReadOnlyList<ObjectInfo>> ListAsync(string of) => [.. (await ListPagesAsync(of).ConfigureAwait(false)).SelectMany(static page => page.Items)];

    /// <summary>The one object of a name in a listing.</summary>
    public async Task<ObjectInfo> FindAsync(string name)
    {
        var found = (await ListAsync(name).ConfigureAwait(false)).Where(item => item.Name == Name(name)).ToList();
        Violation.If(found.Count != 1, $"The object '{Name(name)}' is listed {found.Count} times; it was put, and must be listed once.");
        return found[0];
    }

    /// <summary>Opens an object of this check.</summary>
    public async Task<ObjectContent> OpenAsync(string name, long? generation = null, Storage.ByteRange? range = null) =>
        await Store.OpenReadAsync(Name(name), generation, range, cancellationToken).ConfigureAwait(false)
            ?? throw new ContractViolationException("OpenReadAsync returned null; it must return a body, or throw an ObjectStoreException.");

    /// <summary>Opens an object and reads all that comes.</summary>
    public async Task<ReadObject> ReadAsync(string name, long? generation = null, Storage.ByteRange? range = null)
    {
        var body = await OpenAsync(name, generation, range).ConfigureAwait(false);
        await using var closing = body.ConfigureAwait(false);
        using var bytes = new MemoryStream();
        await body.Content.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
        return new ReadObject(body, bytes.ToArray());
    }

    /// <summary>Makes a call that must fail, for one of several reasons.</summary>
    public static async Task FailAsync(Func<Task> call, string what, params ObjectStoreFailure[] reasons)
    {
        var expected = string.Join(" or ", reasons);
        try
        {
            await call().ConfigureAwait(false);
        }
        catch (ObjectStoreException e)
        {
            Violation.If(!reasons.Contains(e.Reason), $"{what} failed as {e.Reason}; it must fail as {expected}.", e);
            Violation.If(string.IsNullOrWhiteSpace(e.Message), $"{what} failed without a message; it must say what failed, naming the object.", e);
            return;
        }
        catch (Exception e) when (e is not ContractViolationException)
        {
            throw new ContractViolationException($"{what} threw {e.GetType().Name}; it must throw an ObjectStoreException whose reason is {expected}.", e);
        }

        throw new ContractViolationException($"{what} succeeded; it must throw an ObjectStoreException whose reason is {expected}.");
    }

    /// <summary>Makes a call that must end as cancelled.</summary>
    public static async Task CancelAsync(Func<Task> call, string what)
    {
        try
        {
            await call().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception e) when (e is not ContractViolationException)
        {
            throw new ContractViolationException($"{what} threw {e.GetType().Name}; it must throw an OperationCanceledException.", e);
        }

        throw new ContractViolationException($"{what} succeeded; it must throw an OperationCanceledException.");
    }
}
