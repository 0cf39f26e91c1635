namespace CodRetrieve.Testing;

public sealed partial class Fault
{
    /// <summary>The connection is reset instead of a response.</summary>
    public static Fault ResetBeforeHeaders() => Of($"ResetBeforeHeaders()", plan => plan.ResetBeforeHeaders = true);

    /// <summary>The connection is reset in the middle of the status line and headers.</summary>
    public static Fault ResetWithinHeaders() => Of($"ResetWithinHeaders()", plan => plan.ResetWithinHeaders = true);

    /// <summary>The headers are sent, then the connection is reset.</summary>
    public static Fault ResetAfterHeaders() => Of($"ResetAfterHeaders()", plan => Stop(plan, 0, BodyEnd.Reset));

    /// <summary>The headers and exactly so many bytes of the body are sent, then the connection is reset.</summary>
    /// <remarks>A reset may overtake bytes that the client has not read, as it does in a real network; <see cref="CloseAfter"/> never
    /// does.</remarks>
    /// <param name="bytes">How many; not negative.</param>
    public static Fault ResetAfter(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return Of($"ResetAfter({bytes})", plan => Stop(plan, bytes, BodyEnd.Reset));
    }

    /// <summary>As <see cref="ResetAfter"/>, at a place within the body that the plan's seeded generator chooses.</summary>
    public static Fault ResetAfterRandom() => AtRandom("ResetAfterRandom()", (plan, offset) => Stop(plan, offset, BodyEnd.Reset));

    /// <summary>The connection is closed in order after so many bytes of the body, short of its Content-Length: the client receives each
    /// of
    /// those bytes, then the end of the connection.</summary>
    /// <param name="bytes">How many; not negative.</param>
    public static Fault CloseAfter(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return Of($"CloseAfter({bytes})", plan => Stop(plan, bytes, BodyEnd.Close));
    }

    /// <summary>As <see cref="CloseAfter"/>, at a place within the body that the plan's seeded generator chooses.</summary>
    public static Fault CloseAfterRandom() => AtRandom("CloseAfterRandom()", (plan, offset) => Stop(plan, offset, BodyEnd.Close));

    /// <summary>The response ends after so many bytes as if it were whole: chunked, with its last chunk, and no error for the client to
    /// see.</summary>
    /// <param name="bytes">How many; not negative.</param>
    public static Fault CutAfter(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return Of($"CutAfter({bytes})", plan => Cut(plan, bytes));
    }

    /// <summary>As <see cref="CutAfter"/>, at a place within the body that the plan's seeded generator chooses.</summary>
    public static Fault CutAfterRandom() => AtRandom("CutAfterRandom()", Cut);

    /// <summary>So many bytes are sent, then nothing more until the client leaves or the server is disposed.</summary>
    /// <param name="bytes">How many; not negative. With 0 the headers are sent.</param>
    public static Fault StallAfter(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return Of($"StallAfter({bytes})", plan => Stop(plan, bytes, BodyEnd.Stall));
    }

    /// <summary>As <see cref="StallAfter"/>, at a place within the body that the plan's seeded generator chooses.</summary>
    public static Fault StallAfterRandom() => AtRandom("StallAfterRandom()", (plan, offset) => Stop(plan, offset, BodyEnd.Stall));

    /// <summary>The body comes a few bytes at a time.</summary>
    /// <param name="bytes">How many at a time; positive.</param>
    /// <param name="every">The pause after each; not negative. Measured by the server's clock.</param>
    public static Fault SlowDrip(int bytes, TimeSpan every)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(every, TimeSpan.Zero);
        return Of($"SlowDrip({bytes}, {every})", plan =>
        {
            plan.DripBytes = bytes;
            plan.DripInterval = every;
        });
    }

    private static void Cut(ResponsePlan plan, long bytes)
    {
        plan.Chunked = true;
        Stop(plan, bytes, BodyEnd.Clean);
    }
}
