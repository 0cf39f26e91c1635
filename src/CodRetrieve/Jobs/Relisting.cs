using CodRetrieve.Catalog;

namespace CodRetrieve.Jobs;

/// <summary>
/// Lists a study again for series that found themselves changed. Those that ask while a listing is under way share the next one: that one
/// began before they knew, and may show what they saw already. Safe for several callers at once.
/// </summary>
internal sealed class Relisting(Func<Task<StudyListing>> list)
{
    private readonly object _lock = new();
    private Task<StudyListing> _running = Task.FromResult<StudyListing>(null!);
    private Task<StudyListing>? _next;

    public Task<StudyListing> ListAsync()
    {
        lock (_lock)
        {
            if (_running.IsCompleted)
            {
                return _running = list();
            }

            return _next ??= ListNextAsync(_running);
        }
    }

    private async Task<StudyListing> ListNextAsync(Task<StudyListing> before)
    {
        await ((Task)before).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task<StudyListing> listing;
        lock (_lock)
        {
            _next = null;
            listing = _running = list();
        }

        return await listing.ConfigureAwait(false);
    }
}
