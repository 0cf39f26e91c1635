namespace CodRetrieve.Service.Pages.Live;

/// <summary>What tells that something on the overview has changed.</summary>
internal readonly record struct LiveStamp(int Requests, long StudiesDecided, long LastAudit, int ShardsRunning, long BytesReceived);
