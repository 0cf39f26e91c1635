using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace CodRetrieve.Testing;

public sealed partial class Fault
{
    /// <summary>Another status instead of the response.</summary>
    /// <param name="code">The status, 200 to 599.</param>
    /// <param name="retryAfter">The Retry-After header, in whole seconds rounded up; null, the default, for none.</param>
    /// <param name="body">The body; null, the default, for the JSON error that GCS sends.</param>
    public static Fault Status(int code, TimeSpan? retryAfter = null, string? body = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(code, 200);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 599);
        ArgumentOutOfRangeException.ThrowIfLessThan(retryAfter ?? TimeSpan.Zero, TimeSpan.Zero);
        return Of($"Status({code})", plan =>
        {
            plan.SetError(code, GcsJson.ReasonOf(code), string.Create(CultureInfo.InvariantCulture, $"Injected status {code}."));
            if (retryAfter is { } wait)
            {
                plan.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            }

            if (body is not null)
            {
                plan.SetContent(new MemoryContent(Encoding.UTF8.GetBytes(body)));
            }

            if (code is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified)
            {
                plan.SetContent(new MemoryContent(default));
            }
        });
    }

    /// <summary>401 with the body that GCS sends for an expired token, whatever token was presented.</summary>
    public static Fault Unauthorized() => Of($"Unauthorized()", plan => RequestHandler.SetUnauthorized(plan, hasToken: true));

    /// <summary>307 to another address.</summary>
    /// <param name="location">Where to.</param>
    public static Fault Redirect(Uri location)
    {
        ArgumentNullException.ThrowIfNull(location);
        return Of($"Redirect({location})", plan =>
        {
            plan.Headers.Clear();
            plan.IsRange = plan.Chunked = false;
            plan.SetContent(new MemoryContent(default));
            plan.Status = StatusCodes.Status307TemporaryRedirect;
            plan.Headers.Location = location.OriginalString;
        });
    }

    /// <summary>Status 200 with these bytes in place of the body; Content-Type and other headers stay as they were.</summary>
    /// <param name="body">The bytes; not copied.</param>
    public static Fault RawBody(ReadOnlyMemory<byte> body) => Of($"RawBody({body.Length} bytes)", plan =>
    {
        plan.Headers.Remove("Content-Range");
        plan.IsRange = plan.Chunked = false;
        plan.SetContent(new MemoryContent(body));
        plan.Status = StatusCodes.Status200OK;
    });
}
