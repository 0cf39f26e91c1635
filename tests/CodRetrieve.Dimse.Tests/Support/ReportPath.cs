namespace CodRetrieve.Dimse.Tests.Support;

/// <summary>On which association an archive reports what it has committed.</summary>
public enum ReportPath
{
    None,
    SameAssociation,

    /// <summary>On the same association, before the response to the request.</summary>
    BeforeResponse,
    OwnAssociation,

    /// <summary>It ends the association, and reports on the next one that the other side makes.</summary>
    NextAssociation,
}
