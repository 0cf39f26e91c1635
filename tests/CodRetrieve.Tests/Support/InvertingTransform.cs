using System.Collections.Concurrent;
using System.Text;

namespace CodRetrieve.Tests.Support;

/// <summary>Puts its identity before an instance, and inverts its bytes; in awkward pieces.</summary>
internal sealed class InvertingTransform(string identity = "invert/1") : IInstanceTransform
{
    public string Identity { get; } = identity;

    /// <summary>The SOP Instance UIDs that it was called for.</summary>
    public ConcurrentQueue<string> Calls { get; } = [];

    /// <summary>Called when a part of the result is written.</summary>
    public Func<InstanceInfo, Stream, Stream, Task> InTheMiddle { get; set; } = static (_, _, _) => Task.CompletedTask;

    public byte[] Of(byte[] source) => [.. Encoding.ASCII.GetBytes(Identity), .. source.Select(static one => (byte)~one)];

    public async ValueTask TransformAsync(InstanceInfo instance, Stream source, Stream target, CancellationToken cancellationToken)
    {
        Calls.Enqueue(instance.SopInstanceUid);
        target.Write(Encoding.ASCII.GetBytes(Identity));
        var buffer = new byte[7919];
        for (var isFirst = true; await source.ReadAsync(buffer, cancellationToken) is var count and > 0; isFirst = false)
        {
            for (var i = 0; i < count; i++)
            {
                buffer[i] = (byte)~buffer[i];
            }

            await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            if (isFirst)
            {
                await InTheMiddle(instance, source, target);
            }
        }
    }
}
