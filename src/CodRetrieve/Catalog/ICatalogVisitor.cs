namespace CodRetrieve.Catalog;

/// <summary>
/// Receives what an <see cref="ICatalogSource"/> gives. Calls for different studies, and for different series of a study, may come at the same
/// time; those of one study come in the order of the members. What a call throws ends the enumeration.
/// </summary>
/// <typeparam name="TStudy">What the visitor keeps for a study while its series come.</typeparam>
internal interface ICatalogVisitor<TStudy>
    where TStudy : class
{
    /// <summary>The study does not exist in the store. No other call follows for it.</summary>
    ValueTask StudyMissingAsync(StudyRequest study, CancellationToken cancellationToken);

    /// <summary>The study could not be listed, for a reason that says nothing of the other studies. No other call follows for it.</summary>
    ValueTask StudyFailedAsync(StudyRequest study, CodRetrieveException cause, CancellationToken cancellationToken);

    /// <summary>The study was listed; its series follow.</summary>
    /// <returns>What the calls for its series are given; <see langword="null"/> to leave the study out: no other call follows for it then.</returns>
    ValueTask<TStudy?> StudyListedAsync(StudyRequest study, StudyListing listing, CancellationToken cancellationToken);

    /// <summary>A series' index is about to be read. While the call lasts, no further index is begun.</summary>
    /// <param name="study">What <see cref="StudyListedAsync"/> returned.</param>
    /// <param name="series">The series.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    ValueTask SeriesListedAsync(TStudy study, SeriesListing series, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>A series' index was read, or could not be. While the call lasts, fewer further indexes are read.</summary>
    /// <param name="study">What <see cref="StudyListedAsync"/> returned.</param>
    /// <param name="position">The series' place in the listing.</param>
    /// <param name="content">The series.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    ValueTask SeriesReadAsync(TStudy study, int position, SeriesContent content, CancellationToken cancellationToken);

    /// <summary>
    /// A series' index was read and waits until the whole study is. <see cref="SeriesListedAsync"/> follows then once more, and what became of the series.
    /// </summary>
    ValueTask SeriesHeldAsync(TStudy study, SeriesContent content, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>A series' index was read, and nothing of it is selected. Comes in place of <see cref="SeriesReadAsync"/>.</summary>
    ValueTask SeriesLeftOutAsync(TStudy study, SeriesContent content, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>All series of the study were read.</summary>
    ValueTask StudyReadAsync(TStudy study, CancellationToken cancellationToken);
}
