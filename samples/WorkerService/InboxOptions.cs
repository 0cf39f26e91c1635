namespace WorkerService;

internal sealed class InboxOptions
{
    /// <summary>The folder that holds inbox, done, failed and studies.</summary>
    public string Folder { get; set; } = "work";

    /// <summary>Requests retrieved at one time. Each has a directory of its own.</summary>
    public int JobsAtOnce { get; set; } = 2;

    /// <summary>The time between two looks into the inbox. Looking works on network shares, where file system events do not.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(2);

    public bool IsValid => Folder.Length > 0 && JobsAtOnce is > 0 and <= 16 && Interval > TimeSpan.Zero;

    public string Inbox => Path.Combine(Folder, "inbox");

    public string Done => Path.Combine(Folder, "done");

    public string Failed => Path.Combine(Folder, "failed");

    public string Studies => Path.Combine(Folder, "studies");
}
