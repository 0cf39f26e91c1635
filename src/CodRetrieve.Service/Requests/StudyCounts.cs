namespace CodRetrieve.Service.Requests;

/// <summary>The studies of a request by what became of them.</summary>
internal sealed record StudyCounts(int Total, int Saved, int Failed)
{
    /// <summary>Gets those that are not decided.</summary>
    public int Waiting => Total - Saved - Failed;
}
