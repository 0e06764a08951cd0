using System.Net.Http.Headers;
using Polly.Timeout;

namespace FedSite.OpenStack;

internal sealed partial class CloudHttp
{
    /// <summary>
    /// For the leave to send the body. Who gives none, as proxies do that do not know how, gets the body all the same.
    /// </summary>
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Sends a body that is written as it goes, on a connection of its own, once: who can write it again may try again.
    /// A server that refuses does so before the body comes, or cuts it short; either way its answer is what counts.
    /// </summary>
    /// <returns>Any answer, whatever its status.</returns>
    /// <exception cref="OpenStackException">No answer.</exception>
    /// <remarks>What the writer throws is thrown from here, and the connection cut.</remarks>
    public async Task<CloudResponse> UploadAsync(CloudRequest request, UploadBody body, CancellationToken ct)
    {
        Count();
        var started = _time.GetTimestamp();
        using var patience = new UploadPatience(_time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Ended);
        var wire = new UploadWire();
        using var client = UploadClient(wire);
        using var message = Message(request);
        message.Content = body.Over(wire, patience, ended.Token);
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.ContentType);
        message.Headers.ExpectContinue = true;
        try
        {
            var answer = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, ended.Token);
            var response = await CloudResponse.ReadAsync(request, answer, ended.Token);
            LogAnswer(_logger, request, response.Status, _time.GetElapsedTime(started).TotalMilliseconds);
            return response;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            var silent = patience.Ended.IsCancellationRequested;
            if (!silent)
            {
                body.Failure?.Throw();
            }
            var failure = silent ? new TimeoutRejectedException() : e;
            if (!ConnectionFailures.IsOne(failure))
            {
                throw;
            }
            throw ConnectionFailures.Describe(request, failure, _trust.LastFault, UploadPatience.Longest);
        }
        finally
        {
            await ended.CancelAsync();
            await body.EndAsync();
        }
    }

    /// <summary>Of one connection, so that it is known what the server answers while a body is sent.</summary>
    private HttpClient UploadClient(UploadWire wire)
    {
        var handler = Handler(_trust);
        handler.Expect100ContinueTimeout = LeaveTimeout;
        handler.PlaintextStreamFilter = (context, _) => ValueTask.FromResult(wire.Over(context.PlaintextStream));
        return Client(handler);
    }
}
