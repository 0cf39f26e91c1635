using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace CodRetrieve.Testing;

public sealed partial class Fault
{
    /// <summary>One bit of the body is turned over.</summary>
    /// <param name="bodyOffset">The byte, counted from the start of the body; one beyond its end changes nothing.</param>
    /// <param name="bit">The bit, 0 (least) to 7; 0 by default.</param>
    public static Fault FlipBit(long bodyOffset, int bit = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bodyOffset);
        ArgumentOutOfRangeException.ThrowIfNegative(bit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bit, 7);
        return Of($"FlipBit({bodyOffset}, {bit})", plan => (plan.FlipByte, plan.FlipBit) = (bodyOffset, bit));
    }

    /// <summary>As <see cref="FlipBit"/>, at a byte of the body that the plan's seeded generator chooses.</summary>
    public static Fault FlipBitAtRandom() => AtRandom("FlipBitAtRandom()", (plan, offset) => plan.FlipByte = offset);

    /// <summary>The Content-Range of a ranged response names another range than the one sent; other responses are left alone.</summary>
    /// <param name="shift">Bytes by which the range named is moved; may be negative.</param>
    public static Fault WrongContentRange(long shift) => Of($"WrongContentRange({shift})", plan =>
    {
        if (plan.IsRange)
        {
            plan.Headers.ContentRange = RequestHandler.ContentRangeOf(plan.Offset + shift, plan.Count, plan.Content.Length);
        }
    });

    /// <summary>Status 200 with the whole object, whatever range was asked for.</summary>
    public static Fault IgnoreRange() => Of($"IgnoreRange()", plan =>
    {
        if (plan.IsRange)
        {
            plan.Headers.Remove("Content-Range");
            plan.IsRange = false;
            plan.SetContent(plan.Content);
            plan.Status = StatusCodes.Status200OK;
        }
    });

    /// <summary>A ranged response that is right in its bytes and its Content-Range, yet has status 200, as Google's storage test bench
    /// gives it.</summary>
    public static Fault RangeAsStatus200() => Of($"RangeAsStatus200()", plan =>
    {
        if (plan.IsRange)
        {
            plan.Status = StatusCodes.Status200OK;
        }
    });

    /// <summary>The body goes on beyond its end: chunked, without a Content-Length, and with more bytes (0xEE) than were asked
    /// for.</summary>
    /// <param name="count">How many more; positive.</param>
    public static Fault ExtraBytes(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return Of($"ExtraBytes({count})", plan =>
        {
            plan.ExtraBytes = count;
            plan.Chunked = true;
        });
    }

    /// <summary>The bytes of another object of the bucket come under the name and the headers of the one asked for; where the other is
    /// shorter, zeros fill it up. Responses that are not media are left alone.</summary>
    /// <param name="otherName">The other object's name; it must be there when the fault strikes, or the request fails with status
    /// 500.</param>
    public static Fault WrongObject(string otherName)
    {
        ArgumentException.ThrowIfNullOrEmpty(otherName);
        return Of($"WrongObject({otherName})", plan =>
        {
            if (plan.Headers.ContainsKey("x-goog-generation") && !plan.Unpack)
            {
                plan.Content = new CompositeContent(plan.Bucket!.Get(otherName).Content, new ZeroContent(plan.Content.Length));
            }
        });
    }

    /// <summary>The <c>x-goog-generation</c> header of a media response names another generation.</summary>
    /// <param name="generation">The generation named.</param>
    public static Fault WrongGeneration(long generation) => Of($"WrongGeneration({generation})", plan =>
    {
        if (plan.Headers.ContainsKey("x-goog-generation"))
        {
            plan.Headers["x-goog-generation"] = generation.ToString(CultureInfo.InvariantCulture);
        }
    });
}
