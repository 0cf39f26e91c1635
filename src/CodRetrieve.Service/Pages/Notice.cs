namespace CodRetrieve.Service.Pages;

/// <summary>The keys of messages that the next page shows.</summary>
internal static class Notice
{
    public const string Good = "Good";
    public const string Bad = "Bad";
}
