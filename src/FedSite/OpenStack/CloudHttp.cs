using System.Net;
using System.Net.Http.Headers;
using FedSite.Grid;
using Microsoft.Extensions.Logging;
using Polly;

namespace FedSite.OpenStack;

/// <summary>
/// Sends requests and reads whole answers. What fails for a passing reason (connection, time-out, 408, 429, 5xx) is
/// sent again a few times, also when the answer broke off in its body.
/// </summary>
internal sealed partial class CloudHttp : IDisposable
{
    private const int ConnectionsPerServer = 16;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>For one try, up to the last byte of its answer. Nova may think long about 1000 servers.</summary>
    private static readonly TimeSpan TryTimeout = TimeSpan.FromMinutes(2);
    private static readonly RetryTerms Terms = new(Retries: 4, LongestDelay: TimeSpan.FromSeconds(60), TryTimeout);

    private readonly HttpClient _client;
    private readonly ServerTrust _trust;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline<CloudResponse> _pipeline;
    private long _requests;

    public CloudHttp(CloudCredentials credentials, TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        _trust = new ServerTrust(credentials.Verify ? CloudTrust.PolicyOf(credentials) : null);
        if (!credentials.Verify)
        {
            LogUnverified(logger, credentials.AuthUrl.Host, credentials.Origin);
        }
        _client = Client(Handler(_trust));
        _pipeline = HttpRetries.Create<CloudResponse>(
            Terms,
            response => new JudgedAnswer(response.Request.ToString(), response.Status, response.RetryAfter),
            time,
            logger
        );
    }

    /// <summary>Requests sent so far, repeated ones included.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>For the OAuth 2.0 library, which sends its own requests.</summary>
    public HttpMessageInvoker Invoker => _client;

    /// <summary>Counts a request that was sent through <see cref="Invoker"/>.</summary>
    public void Count() => Interlocked.Increment(ref _requests);

    /// <returns>Any answer, whatever its status.</returns>
    /// <exception cref="OpenStackException">No answer after all tries.</exception>
    public async Task<CloudResponse> SendAsync(CloudRequest request, CancellationToken ct)
    {
        try
        {
            var isAgain = false;
            return await _pipeline.ExecuteAsync(
                async token =>
                {
                    if (isAgain && request.Look is { } look && await look(token) is { } done)
                        return done;
                    isAgain = true;
                    return await SendOnceAsync(request, token);
                },
                ct
            );
        }
        catch (Exception e) when (ConnectionFailures.IsOne(e) && !ct.IsCancellationRequested)
        {
            throw ConnectionFailures.Describe(request, e, _trust.LastFault, TryTimeout);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<CloudResponse> SendOnceAsync(CloudRequest request, CancellationToken ct)
    {
        Count();
        var started = _time.GetTimestamp();
        using var message = Message(request);
        var answer = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, ct);
        try
        {
            var response = await CloudResponse.ReadAsync(request, answer, ct);
            LogAnswer(_logger, request, response.Status, _time.GetElapsedTime(started).TotalMilliseconds);
            return response;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private static HttpRequestMessage Message(CloudRequest request)
    {
        var message = new HttpRequestMessage(request.Method, request.Url);
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (request.Token is { } token)
        {
            message.Headers.Add("X-Auth-Token", token);
        }
        if (request.Bearer is { } bearer)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }
        foreach (var (name, value) in request.Headers)
        {
            message.Headers.Add(name, value);
        }
        if (request.Body is { } body)
        {
            // Of known length: keystone, nova and neutron refuse chunked bodies or read them as empty.
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.ContentType);
        }
        return message;
    }

    private static SocketsHttpHandler Handler(ServerTrust trust) =>
        new()
        {
            // A redirect would carry the token to wherever it points.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = ConnectTimeout,
            MaxConnectionsPerServer = ConnectionsPerServer,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
            SslOptions = trust.ClientOptions(),
        };

    private static HttpClient Client(SocketsHttpHandler handler)
    {
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd(ProductInfo.UserAgent);
        return client;
    }

    [LoggerMessage(
        1,
        LogLevel.Warning,
        "TLS certificates of {Host} and its services are NOT checked (verify: false in {Origin}); anybody on the way can read the password"
    )]
    private static partial void LogUnverified(ILogger logger, string host, string origin);

    [LoggerMessage(2, LogLevel.Debug, "{Request}: {Status} in {Milliseconds:F0} ms")]
    private static partial void LogAnswer(ILogger logger, CloudRequest request, int status, double milliseconds);
}
