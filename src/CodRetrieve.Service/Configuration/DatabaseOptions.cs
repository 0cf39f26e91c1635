namespace CodRetrieve.Service.Configuration;

/// <summary>Where the ledger is.</summary>
internal sealed class DatabaseOptions
{
    /// <summary>Gets or sets the database. Default <see cref="DatabaseProvider.Sqlite"/>.</summary>
    public DatabaseProvider Provider { get; set; }

    /// <summary>
    /// Gets or sets the connection string of PostgreSQL, such as <c>Host=db;Database=codretrieve;Username=codretrieve</c>; it is never shown or logged. With
    /// <see cref="DatabaseProvider.Sqlite"/> the file is <c>ledger.db</c> in <see cref="ServiceOptions.DataDirectory"/>.
    /// </summary>
    public string? ConnectionString { get; set; }
}
