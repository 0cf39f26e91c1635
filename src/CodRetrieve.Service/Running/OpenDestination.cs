using CodRetrieve.Saving;

namespace CodRetrieve.Service.Running;

/// <summary>A save handler of a destination, for one job.</summary>
internal sealed class OpenDestination(ISaveHandler handler, IDisposable? resource = null) : IAsyncDisposable
{
    public ISaveHandler Handler { get; } = handler;

    public async ValueTask DisposeAsync()
    {
        if (Handler is IAsyncDisposable asynchronous)
        {
            await asynchronous.DisposeAsync();
        }
        else
        {
            (Handler as IDisposable)?.Dispose();
        }

        resource?.Dispose();
    }
}
