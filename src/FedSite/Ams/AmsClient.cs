using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FedSite.Configuration;
using FedSite.Grid;

namespace FedSite.Ams;

/// <summary>The ARGO Messaging Service over one kept connection, with a token by host certificate or a given one.</summary>
/// <remarks>For one user at a time.</remarks>
public sealed class AmsClient : IDisposable
{
    private const long MaxAnswerBytes = 4 << 20;
    private const int Tries = 3;

    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    private readonly AmsConfig _config;
    private readonly AmsUrls _urls;
    private readonly HostCredential? _credential;

    private readonly ServerTrust _trust;
    private readonly AmsFailures _failures;
    private readonly AmsToken _kept;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private string? _token;

    private AmsClient(
        AmsConfig config,
        HostCredential? credential,
        TrustFolder? trust,
        string stateFolder,
        TimeProvider time
    )
    {
        _config = config;
        _urls = new AmsUrls(config);
        _credential = credential;
        _trust = new ServerTrust(TlsTrust.ClientPolicy(trust));
        _failures = new AmsFailures(config, credential?.Subject, time);
        _time = time;
        _token = config.Token;
        var identity = $"{_urls.Token} {config.Port} {config.Project} {credential?.Certificate.Thumbprint}";
        _kept = new AmsToken(stateFolder, identity, time);
        _http = MakeHttp(withCertificate: false);
    }

    /// <summary>Prepares a client; the network is not touched.</summary>
    /// <param name="config">Host, ports and project.</param>
    /// <param name="credential">Opens the token service; null when the configuration gives a token.</param>
    /// <param name="trust">CAs that may vouch for the servers beside the system's.</param>
    /// <param name="stateFolder">Where the token is kept.</param>
    /// <param name="time">Clock for time-outs and waits.</param>
    /// <exception cref="FedSiteException">Neither a certificate nor a token.</exception>
    public static AmsClient Connect(
        AmsConfig config,
        HostCredential? credential,
        TrustFolder? trust,
        string stateFolder,
        TimeProvider time
    ) =>
        config.Token is null && credential is null
            ? throw new FedSiteException(
                "AMS needs a host certificate or a token.",
                "Set keys `messaging.certificate` and `key`, or `messaging.ams.token`, of site.yaml.",
                ExitCode.Usage
            )
            : new AmsClient(config, credential, trust, stateFolder, time);

    /// <summary>This clock minus that of AMS, to the second; null: no answer yet.</summary>
    public TimeSpan? ClockSkew => _failures.ClockSkew;

    /// <summary>
    /// Publishes messages in this order, once. Not atomic: when this fails with <see cref="AmsFault.Unknown"/>, or for
    /// several messages with any fault that blames one, some may be stored.
    /// </summary>
    /// <returns>An id for each message.</returns>
    /// <exception cref="AmsException">AMS did not confirm.</exception>
    public async Task<IReadOnlyList<string>> PublishAsync(
        string topic,
        IReadOnlyList<AmsMessage> messages,
        CancellationToken cancellationToken
    )
    {
        var body = AmsMessage.PublishBody(messages);
        var url = _urls.Publish(topic);
        var answer = await AskAsync(
            HttpMethod.Post,
            url,
            body,
            topic,
            AmsJson.Default.PublishAnswer,
            cancellationToken
        );
        // An answer that does not name them all is none of AMS's, and tells nothing about what was stored.
        return answer.MessageIds.Count(id => !string.IsNullOrEmpty(id)) == messages.Count
            ? answer.MessageIds
            : throw AmsFailures.Unreadable(url, string.Join(' ', answer.MessageIds));
    }

    /// <summary>Whose token ours is.</summary>
    /// <exception cref="AmsException">AMS did not tell.</exception>
    public Task<AmsProfile> GetProfileAsync(CancellationToken cancellationToken) =>
        Backoff.RunAsync(
            () => AskAsync(HttpMethod.Get, _urls.Profile, null, null, AmsJson.Default.AmsProfile, cancellationToken),
            Tries,
            _ => true,
            _time,
            cancellationToken
        );

    /// <summary>Succeeds if the topic exists and the token may see it.</summary>
    /// <exception cref="AmsException">It does not, may not, or AMS did not tell.</exception>
    public Task CheckTopicAsync(string topic, CancellationToken cancellationToken) =>
        Backoff.RunAsync(
            () =>
                AskAsync(
                    HttpMethod.Get,
                    _urls.Topic(topic),
                    null,
                    topic,
                    AmsJson.Default.TopicAnswer,
                    cancellationToken
                ),
            Tries,
            _ => true,
            _time,
            cancellationToken
        );

    /// <summary>Makes sure that there is a token, from the configuration, the state folder or the token service.</summary>
    /// <exception cref="AmsException">The token service gave none.</exception>
    public async Task SignInAsync(CancellationToken cancellationToken) =>
        _token ??= _kept.Read() ?? await ExchangeAsync(cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<T> AskAsync<T>(
        HttpMethod method,
        Uri url,
        ReadOnlyMemory<byte>? body,
        string? topic,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
    {
        await SignInAsync(cancellationToken);
        var (status, text, retryAfter) = await SendAsync(_http, method, url, body, cancellationToken);
        if (status == HttpStatusCode.Unauthorized && _config.Token is null)
        {
            // The operators may have renewed the key since it was kept.
            _token = await ExchangeAsync(cancellationToken);
            (status, text, retryAfter) = await SendAsync(_http, method, url, body, cancellationToken);
        }

        if (status != HttpStatusCode.OK)
        {
            throw _failures.Api(url, (int)status, text, retryAfter, topic);
        }

        return Read(url, text, type);
    }

    private async Task<string> ExchangeAsync(CancellationToken cancellationToken)
    {
        _credential!.CheckValidity(_time.GetUtcNow());
        using var http = MakeHttp(withCertificate: true);
        var token = await Backoff.RunAsync(
            async () =>
            {
                var (status, text, retryAfter) = await SendAsync(
                    http,
                    HttpMethod.Get,
                    _urls.Token,
                    null,
                    cancellationToken
                );
                return status == HttpStatusCode.OK
                    ? ReadToken(text)
                    : throw _failures.Token(_urls.Token, (int)status, text, retryAfter);
            },
            Tries,
            _ => true,
            _time,
            cancellationToken
        );
        _kept.Write(token);
        return token;
    }

    private async Task<(HttpStatusCode Status, string Text, TimeSpan? RetryAfter)> SendAsync(
        HttpClient http,
        HttpMethod method,
        Uri url,
        ReadOnlyMemory<byte>? body,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(method, url);
        if (body is { } bytes)
        {
            request.Content = new ReadOnlyMemoryContent(bytes);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        if (http == _http)
        {
            request.Headers.Add("x-api-key", _token);
        }

        using var limit = new CancellationTokenSource(Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            _failures.NoteDate(response.Headers);
            // Not as a text: that fails where a proxy names a character set that nobody knows.
            var text = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(either.Token));
            return (response.StatusCode, text, WaitAsked(response.Headers));
        }
        catch (HttpRequestException e)
        {
            throw _failures.NoAnswer(url, e, _trust.LastFault);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw limit.IsCancellationRequested
                ? AmsFailures.TimedOut(url, Timeout)
                : AmsFailures.NoConnection(url, ConnectTimeout);
        }
    }

    private TimeSpan? WaitAsked(HttpResponseHeaders headers) =>
        headers.RetryAfter?.Delta ?? (headers.RetryAfter?.Date is { } date ? date - _time.GetUtcNow() : null);

    /// <summary>It becomes a header, and is kept. Its text is not quoted when it is odd: there may be a token in it.</summary>
    private string ReadToken(string text)
    {
        try
        {
            var token = JsonSerializer.Deserialize(text, AmsJson.Default.TokenAnswer)?.Token;
            return token?.Length > 0 && !token.AsSpan().ContainsAnyExceptInRange('!', '~')
                ? token
                : throw AmsFailures.Unreadable(_urls.Token, "no token");
        }
        catch (JsonException)
        {
            throw AmsFailures.Unreadable(_urls.Token, "no JSON document with a token");
        }
    }

    private static T Read<T>(Uri url, string text, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(text, type) ?? throw AmsFailures.Unreadable(url, text);
        }
        catch (JsonException)
        {
            throw AmsFailures.Unreadable(url, text);
        }
    }

    private HttpClient MakeHttp(bool withCertificate)
    {
        var ssl = _trust.ClientOptions();
        if (withCertificate)
        {
            // The host's certificate alone: the services hold the CAs.
            ssl.ClientCertificateContext = SslStreamCertificateContext.Create(
                _credential!.Certificate,
                additionalCertificates: null,
                offline: true
            );
        }

        var handler = new SocketsHttpHandler
        {
            SslOptions = ssl,
            ConnectTimeout = ConnectTimeout,
            // Redirects would carry the token to another place.
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !IPAddress.TryParse(_config.Host, out var address) || !IPAddress.IsLoopback(address),
            MaxConnectionsPerServer = 1,
            // The server closes idle connections after 60 s; a request must not meet that moment.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        };
        var http = new HttpClient(handler)
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        http.DefaultRequestHeaders.UserAgent.ParseAdd(ProductInfo.UserAgent);
        return http;
    }
}
