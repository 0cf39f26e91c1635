using System.Diagnostics;

namespace CodRetrieve.Diagnostics;

/// <summary>
/// The activities of the source <c>CodRetrieve</c>. They name studies and series, no instance, and hold no token, query string or message.
/// Without a listener nothing is made.
/// </summary>
internal static class CodActivities
{
    public const string Name = "CodRetrieve";

    private static readonly ActivitySource Source = new(Name, typeof(CodActivities).Assembly.GetName().Version?.ToString(3));

    public static Activity? StartJob(int? studies)
    {
        var activity = Source.StartActivity("codretrieve.job");
        return activity?.SetTag("codretrieve.job.studies", studies);
    }

    public static void EndJob(Activity? activity, JobOutcome outcome, Exception? stopCause)
    {
        activity?.SetTag("codretrieve.job.outcome", outcome.ToString());
        if (stopCause is not null)
        {
            activity.Fail(stopCause);
        }
    }

    public static Activity? StartStoreListing() => Source.StartActivity("codretrieve.store.list", ActivityKind.Client);

    public static Activity? StartStudyListing(string study) =>
        Source.StartActivity("codretrieve.study.list", ActivityKind.Client)?.SetTag("codretrieve.study.uid", study);

    public static Activity? StartSeriesIndex(string study, string series) =>
        Source.StartActivity("codretrieve.series.index", ActivityKind.Client)?.SetTag("codretrieve.study.uid", study).SetTag("codretrieve.series.uid", series);

    public static Activity? StartSegment(string study, string series, string kind, int instances) =>
        Source.StartActivity("codretrieve.segment", ActivityKind.Client)?
            .SetTag("codretrieve.study.uid", study)
            .SetTag("codretrieve.series.uid", series)
            .SetTag("codretrieve.segment.kind", kind)
            .SetTag("codretrieve.segment.instances", instances);

    /// <summary>Marks an activity as failed, by the kind of failure only: messages name instances.</summary>
    public static void Fail(this Activity? activity, Exception cause)
    {
        if (activity is not null)
        {
            activity.SetStatus(ActivityStatusCode.Error);
            activity.SetTag("error.type", cause is ObjectStoreException failure ? failure.Reason.ToString() : cause.GetType().FullName);
        }
    }
}
