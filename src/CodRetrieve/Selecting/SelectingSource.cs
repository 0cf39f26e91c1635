using CodRetrieve.Catalog;

namespace CodRetrieve.Selecting;

/// <summary>Shows a visitor only what is selected of a store.</summary>
internal sealed class SelectingSource(ICatalogSource source, SelectionPlan plan) : ICatalogSource
{
    public Task VisitAsync<TStudy>(ICatalogVisitor<TStudy> visitor, CancellationToken cancellationToken)
        where TStudy : class => source.VisitAsync(new Visitor<TStudy>(visitor, plan), cancellationToken);

    /// <summary>What is known of a study: the visitor's own, and its series where they must wait for each other.</summary>
    private sealed record SelectedStudy<TStudy>(TStudy State, SeriesContent?[] Waiting);

    private sealed class Visitor<TStudy>(ICatalogVisitor<TStudy> visitor, SelectionPlan plan) : ICatalogVisitor<SelectedStudy<TStudy>>
        where TStudy : class
    {
        public ValueTask StudyMissingAsync(StudyRequest study, CancellationToken cancellationToken) => visitor.StudyMissingAsync(study, cancellationToken);

        public ValueTask StudyFailedAsync(StudyRequest study, CodRetrieveException cause, CancellationToken cancellationToken) =>
            visitor.StudyFailedAsync(study, cause, cancellationToken);

        public async ValueTask<SelectedStudy<TStudy>?> StudyListedAsync(StudyRequest study, StudyListing listing, CancellationToken cancellationToken) =>
            await visitor.StudyListedAsync(study, listing, cancellationToken).ConfigureAwait(false) is { } state
                ? new SelectedStudy<TStudy>(state, new SeriesContent?[listing.Series.Count])
                : null;

        public ValueTask SeriesListedAsync(SelectedStudy<TStudy> study, SeriesListing series, CancellationToken cancellationToken) =>
            visitor.SeriesListedAsync(study.State, series, cancellationToken);

        public ValueTask SeriesReadAsync(SelectedStudy<TStudy> study, int position, SeriesContent content, CancellationToken cancellationToken)
        {
            if (plan.DecidesByStudy)
            {
                study.Waiting[position] = content;
                return visitor.SeriesHeldAsync(study.State, content, cancellationToken);
            }

            return ShowAsync(study.State, position, plan.Select(content), cancellationToken);
        }

        public async ValueTask StudyReadAsync(SelectedStudy<TStudy> study, CancellationToken cancellationToken)
        {
            if (plan.DecidesByStudy)
            {
                var isWidened = study.Waiting.Any(content => content is not null && plan.HasMatch(content));
                for (var i = 0; i < study.Waiting.Length; i++)
                {
                    await visitor.SeriesListedAsync(study.State, study.Waiting[i]!.Listing, cancellationToken).ConfigureAwait(false);
                    await ShowAsync(study.State, i, plan.Select(study.Waiting[i]!, isWidened), cancellationToken).ConfigureAwait(false);
                }
            }

            await visitor.StudyReadAsync(study.State, cancellationToken).ConfigureAwait(false);
        }

        // What cannot be read is shown: something in it might have been selected.
        private ValueTask ShowAsync(TStudy state, int position, SeriesContent content, CancellationToken cancellationToken) => content.IsLeftOut
            ? visitor.SeriesLeftOutAsync(state, content, cancellationToken)
            : visitor.SeriesReadAsync(state, position, content, cancellationToken);
    }
}
