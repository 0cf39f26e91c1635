namespace CodRetrieve.Service.Tests.Support;

/// <summary>Waits for what nobody announces.</summary>
internal static class Poll
{
    /// <summary>Ends when a condition holds, and fails where it does not in time.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within);
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);
        }
    }
}
