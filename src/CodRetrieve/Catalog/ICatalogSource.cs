namespace CodRetrieve.Catalog;

/// <summary>Gives what a store holds of some studies: read now, or recorded before.</summary>
internal interface ICatalogSource
{
    /// <summary>Hands every study with its series to a visitor.</summary>
    /// <exception cref="ObjectStoreException">Nothing can be read: no permission, no bucket, or a store that cannot be reached.</exception>
    Task VisitAsync<TStudy>(ICatalogVisitor<TStudy> visitor, CancellationToken cancellationToken)
        where TStudy : class;
}
