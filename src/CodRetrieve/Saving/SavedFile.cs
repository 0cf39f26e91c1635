namespace CodRetrieve.Saving;

/// <summary>What stands in an instance's place, open for reading.</summary>
internal sealed class SavedFile(Stream content, long sizeBytes, string location, Action? close = null) : IDisposable
{
    public Stream Content => content;

    /// <summary>The size in the directory; reading may give fewer bytes where it is damaged.</summary>
    public long SizeBytes => sizeBytes;

    public string Location => location;

    public void Dispose()
    {
        content.Dispose();
        close?.Invoke();
    }
}
