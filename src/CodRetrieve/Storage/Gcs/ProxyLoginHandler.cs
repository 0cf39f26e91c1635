using System.Net;

namespace CodRetrieve.Storage;

/// <summary>
/// Lets one request try a proxy's password alone, and no other before that one succeeded: a wrong one that is sent by many requests locks the account of
/// whoever owns it. Those that waited fail like the one that tried.
/// </summary>
internal sealed class ProxyLoginHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile bool _isAccepted;
    private volatile Refusal _refusal = new(null);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_isAccepted)
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }

        var before = _refusal;
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_refusal != before)
            {
                throw _refusal.ToException();
            }

            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.ProxyAuthenticationRequired)
            {
                _refusal = new Refusal(null);
            }
            else
            {
                _isAccepted = true;
            }

            return response;
        }
        catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.ProxyAuthenticationRequired)
        {
            _refusal = new Refusal(e.Message);
            throw;
        }
        finally
        {
            _one.Release();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _one.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Distinguished by reference: each refusal is one.</summary>
    private sealed class Refusal(string? message)
    {
        public HttpRequestException ToException() =>
            new(HttpRequestError.ProxyTunnelError, message ?? "The proxy wants a login.", null, HttpStatusCode.ProxyAuthenticationRequired);
    }
}
