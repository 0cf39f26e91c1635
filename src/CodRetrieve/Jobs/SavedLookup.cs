using CodRetrieve.Planning;
using CodRetrieve.Saving;

namespace CodRetrieve.Jobs;

/// <summary>Lets planning, which knows no save handlers, find what one holds.</summary>
internal static class SavedLookup
{
    /// <summary>Returns a function that finds what the handler holds of a series.</summary>
    public static Func<SeriesInfo, CancellationToken, ValueTask<SeriesHoldings>> FindSaved(this ISaveHandler handler) => async (series, cancellationToken) =>
    {
        var saved = await handler.FindSavedAsync(series, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException("The save handler returned null for what it holds of a series.");
        return new SeriesHoldings(saved.SopInstanceUids, saved.Adopted, saved.Outdated, saved.Unlisted) { Locate = saved.Locate };
    };
}
