using CodRetrieve.Saving;

namespace CodRetrieve.Jobs;

/// <summary>Lets planning, which knows no save handlers, find what one holds.</summary>
internal static class SavedLookup
{
    /// <summary>Returns a function that finds which instances of a series the handler holds.</summary>
    public static Func<SeriesInfo, CancellationToken, ValueTask<IReadOnlySet<string>>> FindSaved(this ISaveHandler handler) => async (series, cancellationToken) =>
        (await handler.FindSavedAsync(series, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException("The save handler returned null for what it holds of a series.")).SopInstanceUids;
}
