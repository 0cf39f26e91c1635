using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Requests;

namespace CodRetrieve.Service.Pages.Views;

/// <summary>A request as lists and its own page show it.</summary>
/// <param name="Request">The request.</param>
/// <param name="Now">The time of the ledger.</param>
/// <param name="Failures">Why studies failed, the most frequent reason first.</param>
/// <param name="Nodes">The names of the nodes that run its shards.</param>
internal sealed record RequestView(RequestDetails Request, DateTimeOffset Now, IReadOnlyList<FailureGroup> Failures, IReadOnlyList<string> Nodes)
{
    /// <summary>What is decided of one that runs, and what is saved of one that has ended.</summary>
    public int Percent => Words.Percent(Request.IsEnded ? Request.Studies.Saved : (long)Request.Studies.Saved + Request.Studies.Failed, Request.Studies.Total);

    public bool CanPause => Request.State is RequestState.Waiting or RequestState.Running;

    public bool CanResume => Request.State == RequestState.Paused;

    public bool CanCancel => !Request.IsEnded;

    public bool CanRetry => Request.Studies.Failed > 0 && Request.State != RequestState.Cancelled;

    /// <summary>How long the rest takes if it goes on as so far; <see langword="null"/> as long as that cannot be said.</summary>
    public TimeSpan? Remaining => Request.State == RequestState.Running && Request.Studies.Waiting > 0 && Request.EstimatedEnd is { } end && end > Now ? end - Now : null;

    public TimeSpan? Took => Request is { StartedAt: { } start, EndedAt: { } end } && end > start ? end - start : null;

    /// <summary>What a screen reader says of it.</summary>
    public string Sentence =>
        $"Request {Request.Id}: {StateWords.Of(Request)}, {Words.Count(Request.Studies.Saved)} of {Words.Studies(Request.Studies.Total)} saved{(Request.Studies.Failed > 0 ? $", {Words.Count(Request.Studies.Failed)} failed" : "")}.";
}
