using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Requests;

namespace CodRetrieve.Service.Pages;

/// <summary>States and reasons as people say them, and what can be done.</summary>
internal static class StateWords
{
    public static string Of(RequestDetails request) => request.State == RequestState.Incomplete && request.Studies.Saved == 0 ? "Failed" : Of(request.State);

    public static string Of(RequestState state) => state switch
    {
        RequestState.Waiting => "Waiting",
        RequestState.Running => "Running",
        RequestState.Paused => "Paused",
        RequestState.Cancelled => "Cancelled",
        RequestState.Completed => "Completed",
        RequestState.Incomplete => "Failed in part",
        _ => state.ToString(),
    };

    public static string ClassOf(RequestState state) => state switch
    {
        RequestState.Running => "running",
        RequestState.Paused => "paused",
        RequestState.Cancelled => "cancelled",
        RequestState.Completed => "completed",
        RequestState.Incomplete => "failed",
        _ => "waiting",
    };

    public static string Of(StudyState state) => state switch
    {
        StudyState.Saved => "Saved",
        StudyState.Failed => "Failed",
        _ => "Waiting",
    };

    public static string ClassOf(StudyState state) => state switch
    {
        StudyState.Saved => "completed",
        StudyState.Failed => "failed",
        _ => "waiting",
    };

    public static string Of(ShardState state) => state switch
    {
        ShardState.Waiting => "Waiting",
        ShardState.Queued => "Enqueued",
        ShardState.Running => "Running",
        ShardState.Done => "Done",
        ShardState.Cancelled => "Cancelled",
        _ => state.ToString(),
    };

    public static string ClassOf(ShardState state) => state switch
    {
        ShardState.Running => "running",
        ShardState.Done => "completed",
        ShardState.Cancelled => "cancelled",
        _ => "waiting",
    };

    public static string Of(FailureReason reason) => reason switch
    {
        FailureReason.NotFound => "Not in the store",
        FailureReason.AccessDenied => "The store refuses access",
        FailureReason.StoreUnavailable => "The store could not be reached",
        FailureReason.DataDamaged => "Damaged in the store",
        FailureReason.DestinationRefused => "The destination did not take it",
        FailureReason.Busy => "Another process was saving the study",
        _ => "Another reason",
    };

    public static string RemedyOf(FailureReason reason) => reason switch
    {
        FailureReason.NotFound => "Check the UIDs, and whether the store has these studies by now.",
        FailureReason.AccessDenied => "Check the credential of the store and what it may read, then retry.",
        FailureReason.StoreUnavailable => "Retry when the store responds again.",
        FailureReason.DataDamaged => "A retry helps after the store was repaired.",
        FailureReason.DestinationRefused => "Check space and permissions of the destination, or what the PACS says, then retry.",
        FailureReason.Busy => "Retry; the other process is probably done.",
        _ => "Read the message of each study, then retry.",
    };

    /// <summary>The name of a caller without what identifies it for good, which the audit trail shows.</summary>
    public static string NameOf(string caller) => caller.LastIndexOf(" (", StringComparison.Ordinal) is var end and > 0 ? caller[..end] : caller;
}
