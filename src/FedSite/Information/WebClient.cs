using System.Net;
using FedSite.Grid;
using FedSite.OpenStack;
using Microsoft.Extensions.Logging;
using Polly;

namespace FedSite.Information;

/// <summary>
/// Sends requests to servers that are no part of the cloud, and reads whole answers. What fails for a passing reason
/// (connection, time-out, 408, 429, 5xx) is sent again a few times. Neither query, user nor headers, which may be secret,
/// appear in logs and messages. Safe for use by many tasks at once.
/// </summary>
internal sealed partial class WebClient : IDisposable
{
    /// <summary>The services of the whole federation in GOCDB, or the document of the largest site, are a tenth of it.</summary>
    private const int MaxBodyBytes = 64 << 20;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>For one try, up to the last byte of its answer.</summary>
    private static readonly TimeSpan TryTimeout = TimeSpan.FromMinutes(1);
    private static readonly RetryTerms Terms = new(Retries: 3, LongestDelay: TimeSpan.FromSeconds(30), TryTimeout);

    private static readonly string[] RequestIds =
    [
        "X-Openstack-Request-Id",
        "X-Trans-Id",
        "X-Request-Id",
        "X-Amz-Request-Id",
    ];

    private readonly HttpClient _client;
    private readonly ServerTrust _trust;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline<WebReply> _pipeline;
    private long _requests;

    /// <param name="cacert">PEM file of CAs to believe beside the system's; null: none.</param>
    /// <param name="origin">Where that file is named, for messages.</param>
    /// <exception cref="FedSiteException">The file of CAs cannot be read.</exception>
    public WebClient(string? cacert, string origin, TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        _trust = new ServerTrust(CloudTrust.PolicyOf(cacert, origin));
        _client = CreateClient(_trust);
        _pipeline = HttpRetries.Create<WebReply>(
            Terms,
            reply => new JudgedAnswer(reply.Request, reply.Status, reply.RetryAfter),
            time,
            logger
        );
    }

    /// <summary>Requests sent so far, repeated ones included.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>The URL without what may be secret.</summary>
    public static string Shown(Uri url) =>
        url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <param name="headers">Of the request or its body; names and values go out as they are.</param>
    /// <param name="body">Null: none.</param>
    /// <returns>Any answer, whatever its status; redirects are not followed.</returns>
    /// <exception cref="FedSiteException">No answer after all tries.</exception>
    public async Task<WebReply> SendAsync(
        HttpMethod method,
        Uri url,
        IReadOnlyCollection<KeyValuePair<string, string>> headers,
        ReadOnlyMemory<byte>? body,
        CancellationToken ct
    )
    {
        try
        {
            return await _pipeline.ExecuteAsync(
                async token => await SendOnceAsync(Message(method, url, headers, body), token),
                ct
            );
        }
        catch (Exception e) when (ConnectionFailures.IsOne(e) && !ct.IsCancellationRequested)
        {
            var (what, nextStep) = ConnectionFailures.Explain(
                url,
                e,
                _trust.LastFault,
                TryTimeout,
                "the server's operator",
                "the URL"
            );
            throw new FedSiteException($"No answer to {method} {Shown(url)}: {what}", nextStep, inner: e);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<WebReply> SendOnceAsync(HttpRequestMessage message, CancellationToken ct)
    {
        using (message)
        {
            Interlocked.Increment(ref _requests);
            var started = _time.GetTimestamp();
            using var answer = await _client.SendAsync(message, ct);
            var reply = new WebReply
            {
                Request = $"{message.Method} {Shown(message.RequestUri!)}",
                Status = (int)answer.StatusCode,
                Body = await answer.Content.ReadAsByteArrayAsync(ct),
                ETag = Header(answer, "ETag"),
                RequestId = RequestIds.Select(name => Header(answer, name)).FirstOrDefault(id => id is not null),
                Location = answer.Headers.Location is { } to ? new Uri(message.RequestUri!, to) : null,
                RetryAfter = answer.Headers.RetryAfter,
            };
            LogAnswer(_logger, reply.Request, reply.Status, _time.GetElapsedTime(started).TotalMilliseconds);
            return reply;
        }
    }

    private static HttpRequestMessage Message(
        HttpMethod method,
        Uri url,
        IReadOnlyCollection<KeyValuePair<string, string>> headers,
        ReadOnlyMemory<byte>? body
    )
    {
        var message = new HttpRequestMessage(method, url);
        if (body is { } bytes)
        {
            message.Content = new ReadOnlyMemoryContent(bytes);
        }
        foreach (var (name, value) in headers)
        {
            // One of the body's is refused by the request.
            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }
        return message;
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static HttpClient CreateClient(ServerTrust trust)
    {
        var handler = new SocketsHttpHandler
        {
            // A redirect would carry credentials to wherever it points.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = ConnectTimeout,
            MaxResponseHeadersLength = 64,
            UseCookies = false,
            SslOptions = trust.ClientOptions(),
        };
        var client = new HttpClient(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxBodyBytes,
        };
        client.DefaultRequestHeaders.UserAgent.ParseAdd(ProductInfo.UserAgent);
        return client;
    }

    [LoggerMessage(1, LogLevel.Debug, "{Request}: {Status} in {Milliseconds:F0} ms")]
    private static partial void LogAnswer(ILogger logger, string request, int status, double milliseconds);
}
