namespace CodRetrieve.Testing;

/// <summary>Holds a body to a number of bytes per second, counted from its beginning.</summary>
internal readonly struct Pace(TimeProvider timeProvider, long? bytesPerSecond)
{
    private readonly long _start = timeProvider.GetTimestamp();

    public Task WaitAsync(long sent, CancellationToken cancellationToken)
    {
        if (bytesPerSecond is not { } rate)
        {
            return Task.CompletedTask;
        }

        var ahead = TimeSpan.FromSeconds((double)sent / rate) - timeProvider.GetElapsedTime(_start);
        return ahead > TimeSpan.Zero ? Task.Delay(ahead, timeProvider, cancellationToken) : Task.CompletedTask;
    }
}
