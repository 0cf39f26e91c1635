using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CodRetrieve.Testing;

/// <summary>Sends a <see cref="ResponsePlan"/>, byte for byte as planned.</summary>
internal sealed class ResponseSender(TimeProvider timeProvider, Action<RecordedRequest> changed)
{
    private const int ChunkSize = 128 * 1024;
    private const int ThrottleSteps = 20;

    private static readonly byte[] HalfOfHeaders = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Len"u8.ToArray();

    public long? BytesPerSecond { get; init; }

    public LinkSimulator? Link { get; init; }

    /// <returns>Whether the whole response was sent, as far as the plan wanted it to be.</returns>
    public async Task<bool> SendAsync(HttpContext context, ResponsePlan plan, RecordedRequest record, CancellationToken cancellationToken)
    {
        if (plan.ResetBeforeHeaders)
        {
            context.Abort();
            return false;
        }

        if (plan.ResetWithinHeaders)
        {
            // Past Kestrel, which sends headers whole or not at all.
            await context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket
                .SendAsync(HalfOfHeaders, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            context.Abort();
            return false;
        }

        var response = context.Response;
        response.StatusCode = record.StatusCode = plan.Status;
        foreach (var (name, values) in plan.Headers)
        {
            response.Headers[name] = values;
        }

        response.ContentLength = plan.Chunked || plan.Status is 204 or 304 ? null : plan.Count;
        changed(record);
        await response.StartAsync(cancellationToken).ConfigureAwait(false);
        var isWhole = await SendBodyAsync(response.BodyWriter, plan, record, cancellationToken).ConfigureAwait(false);
        return isWhole && await EndAsync(context, plan, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> SendBodyAsync(
        PipeWriter writer, ResponsePlan plan, RecordedRequest record, CancellationToken cancellationToken)
    {
        var pace = new Pace(timeProvider, BytesPerSecond);
        var link = Link?.Open();
        long sent = 0;
        using var body = plan.OpenBody();
        var limit = plan.StopAfter ?? long.MaxValue;
        var extra = plan.ExtraBytes;

        // The headers leave before the first body byte, so that a body which stalls or breaks at 0 still has them.
        var isOpen = await FlushAsync(writer, cancellationToken).ConfigureAwait(false);
        while (isOpen && sent < limit)
        {
            var size = (int)Math.Min(StepSize(plan), limit - sent);
            var memory = writer.GetMemory(size)[..size];
            var read = await body.ReadAsync(memory, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                read = Math.Min(extra, memory.Length);
                memory.Span[..read].Fill(0xEE);
                extra -= read;
            }

            if (read == 0)
            {
                break;
            }

            if (plan.FlipByte is { } flip && flip >= sent && flip < sent + read)
            {
                memory.Span[(int)(flip - sent)] ^= (byte)(1 << plan.FlipBit);
            }

            if (link is not null)
            {
                // Bytes arrive when they have been under way, also the last.
                await link.SendAsync(read, cancellationToken).ConfigureAwait(false);
            }

            writer.Advance(read);
            sent += read;
            record.AddBytes(read);
            changed(record);
            isOpen = await FlushAsync(writer, cancellationToken).ConfigureAwait(false);
            await pace.WaitAsync(sent, cancellationToken).ConfigureAwait(false);
            if (plan.DripBytes is not null)
            {
                await Task.Delay(plan.DripInterval, timeProvider, cancellationToken).ConfigureAwait(false);
            }
        }

        return isOpen;
    }

    private int StepSize(ResponsePlan plan)
    {
        var step = BytesPerSecond is { } rate ? (int)Math.Clamp(rate / ThrottleSteps, 1, ChunkSize) : ChunkSize;
        return Math.Min(step, plan.DripBytes ?? step);
    }

    private static async Task<bool> EndAsync(HttpContext context, ResponsePlan plan, CancellationToken cancellationToken)
    {
        switch (plan.End)
        {
            case BodyEnd.Close:
                // Only the sending half: the client gets every byte before the end, which a reset does not promise.
                context.Features.Get<IConnectionSocketFeature>()?.Socket.Shutdown(SocketShutdown.Send);
                await UntilCancelledAsync(cancellationToken).ConfigureAwait(false);
                context.Abort();
                return false;
            case BodyEnd.Stall:
                await UntilCancelledAsync(cancellationToken).ConfigureAwait(false);
                return false;
            case BodyEnd.Reset:
                context.Abort();
                return false;
            default:
                return true;
        }
    }

    private static async Task<bool> FlushAsync(PipeWriter writer, CancellationToken cancellationToken)
    {
        var result = await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        return result is { IsCompleted: false, IsCanceled: false };
    }

    private static async Task UntilCancelledAsync(CancellationToken cancellationToken)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = cancellationToken.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), cancelled);
        await cancelled.Task.ConfigureAwait(false);
    }
}
