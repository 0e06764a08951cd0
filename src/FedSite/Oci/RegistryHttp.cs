using System.Net.Http.Headers;
using FedSite.Grid;
using FedSite.OpenStack;
using Microsoft.Extensions.Logging;
using Polly;

namespace FedSite.Oci;

/// <summary>
/// Sends requests to a registry and follows where it points. What fails for a passing reason is sent again a few times.
/// Credentials go to the registry alone; neither they nor queries, which may be signed, appear in logs and messages.
/// </summary>
internal sealed partial class RegistryHttp : IDisposable
{
    /// <summary>As much as registries take for a manifest.</summary>
    public const int MaxBodyBytes = 4 << 20;

    /// <summary>Of all pages of a list together.</summary>
    public const long MaxListBytes = 128 << 20;
    private const int MaxRedirects = 5;

    /// <summary>For one try: up to the headers of a stream, up to the last byte of everything else.</summary>
    private static readonly TimeSpan TryTimeout = TimeSpan.FromMinutes(1);
    private static readonly RetryTerms Terms = new(Retries: 3, LongestDelay: TimeSpan.FromSeconds(30), TryTimeout);

    private readonly RegistryAccount _account;
    private readonly ServerTrust _trust;
    private readonly RegistryConnections _connections;
    private readonly RegistryAccess _access;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline<RegistryAnswer> _pipeline;
    private long _requests;

    /// <exception cref="FedSiteException">The file of CAs cannot be read.</exception>
    public RegistryHttp(RegistryAccount account, TimeProvider time, ILogger logger)
    {
        _account = account;
        _time = time;
        _logger = logger;
        _trust = new ServerTrust(CloudTrust.PolicyOf(account.CaCert, account.Origin));
        _connections = new RegistryConnections(account.Url, _trust);
        _access = new RegistryAccess(account, time, AskForTokenAsync);
        _pipeline = HttpRetries.Create<RegistryAnswer>(
            Terms,
            answer => new JudgedAnswer(answer.Request, answer.Status, answer.Message.Headers.RetryAfter),
            time,
            logger
        );
    }

    public RegistryAccount Account => _account;

    /// <summary>Requests sent so far, repeated ones and those for tokens included.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <param name="path">Behind the registry's host, escaped.</param>
    public Uri At(string path) => new(_account.Url, path);

    public bool IsOwn(Uri url) => _connections.IsOwn(url);

    /// <returns>Any answer, whatever its status.</returns>
    /// <exception cref="RegistryException">No answer after all tries, or one that points to where it must not.</exception>
    public async Task<RegistryAnswer> SendAsync(RegistryRequest request, CancellationToken ct)
    {
        var url = request.Url;
        for (var redirects = 0; ; redirects++)
        {
            var answer = await AuthorizedAsync(request, url, ct);
            if (!request.Follows || answer.Location is not { } target)
            {
                return answer;
            }
            using (answer)
            {
                CheckRedirect(answer, target, redirects);
            }
            url = target;
        }
    }

    /// <summary>Like <see cref="SendAsync"/>, and only what was asked for will do.</summary>
    public async Task<RegistryAnswer> GetAsync(RegistryRequest request, CancellationToken ct)
    {
        var answer = await SendAsync(request, ct);
        if (answer.Status is 200)
        {
            return answer;
        }
        using (answer)
        {
            throw RegistryFailures.Refused(answer, _account);
        }
    }

    public void Dispose()
    {
        _access.Dispose();
        _connections.Dispose();
    }

    private static void CheckRedirect(RegistryAnswer answer, Uri target, int redirects)
    {
        var why =
            redirects == MaxRedirects ? $"after {MaxRedirects} redirects there is another one"
            : !(target.Scheme is "https" or "http") ? $"it points to a URL with {RegistryFailures.Plain(target.Scheme)}"
            : answer.Url.Scheme == "https" && target.Scheme != "https" ? $"it points to {target.Authority} without TLS"
            : null;
        if (why is not null)
        {
            throw RegistryFailures.Nonsense(answer, $"{why}: refused");
        }
    }

    private async Task<RegistryAnswer> AuthorizedAsync(RegistryRequest request, Uri url, CancellationToken ct)
    {
        if (!IsOwn(url))
        {
            return await TryAsync(request, url, authorization: null, ct);
        }
        var sent = await _access.FindAsync(request.Scope, ct);
        var answer = await TryAsync(request, url, sent, ct);
        if (answer.Status != 401 || !answer.Message.Headers.TryGetValues("WWW-Authenticate", out var headers))
        {
            return answer;
        }
        try
        {
            var better = await _access.AnswerAsync(AuthChallenge.Parse(headers), request.Scope, sent, ct);
            if (better is null)
            {
                return answer;
            }
            answer.Dispose();
            return await TryAsync(request, url, better, ct);
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private Task<RegistryAnswer> AskForTokenAsync(
        Uri url,
        AuthenticationHeaderValue? authorization,
        CancellationToken ct
    ) => TryAsync(new RegistryRequest(HttpMethod.Get, url, Scope: null), url, authorization, ct);

    private async Task<RegistryAnswer> TryAsync(
        RegistryRequest request,
        Uri url,
        AuthenticationHeaderValue? authorization,
        CancellationToken ct
    )
    {
        try
        {
            return await _pipeline.ExecuteAsync(
                async token => await SendOnceAsync(request, url, authorization, token),
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
                "the registry's operator",
                _account.Origin
            );
            var shown = RegistryAnswer.Shown(url);
            throw new RegistryException(
                $"No answer to {request.Method} {shown}: {what}",
                nextStep,
                new Uri(shown),
                inner: e
            );
        }
    }

    private async Task<RegistryAnswer> SendOnceAsync(
        RegistryRequest request,
        Uri url,
        AuthenticationHeaderValue? authorization,
        CancellationToken ct
    )
    {
        using var message = Message(request, url, authorization);
        Interlocked.Increment(ref _requests);
        var started = _time.GetTimestamp();
        var response = await _connections.SendAsync(message, ct);
        try
        {
            // The message is ours to dispose of, and so is not the answer's any more.
            response.RequestMessage = new HttpRequestMessage(request.Method, url);
            // With 416 Debian's registry announces the whole blob's length, and breaks off after a line.
            var isLeft = request.IsStream && (response.IsSuccessStatusCode || (int)response.StatusCode == 416);
            var body = isLeft ? [] : await ReadAsync(response, ct);
            var answer = new RegistryAnswer(response, body);
            LogAnswer(_logger, answer.Request, answer.Status, _time.GetElapsedTime(started).TotalMilliseconds);
            return answer;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static HttpRequestMessage Message(
        RegistryRequest request,
        Uri url,
        AuthenticationHeaderValue? authorization
    )
    {
        var message = new HttpRequestMessage(request.Method, url);
        message.Headers.Authorization = authorization;
        foreach (var type in request.Accept)
        {
            message.Headers.Accept.ParseAdd(type);
        }
        if (request.Scope is null)
        {
            // Harbor would take a project that is named by digits for its number.
            message.Headers.Add("X-Is-Resource-Name", "true");
        }
        if (request.From > 0)
        {
            message.Headers.Range = new RangeHeaderValue(request.From, to: null);
            if (request.Tag?.Invoke(url.Authority) is { } tag)
            {
                message.Headers.TryAddWithoutValidation("If-Range", tag);
            }
        }
        return message;
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        if (response.Content.Headers.ContentLength > MaxBodyBytes)
        {
            throw TooLarge(response);
        }
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        using var body = new MemoryStream();
        var buffer = new byte[16 << 10];
        for (int read; (read = await stream.ReadAsync(buffer, ct)) > 0; )
        {
            if (body.Length + read > MaxBodyBytes)
            {
                throw TooLarge(response);
            }
            await body.WriteAsync(buffer.AsMemory(0, read), ct);
        }
        return body.ToArray();
    }

    private static RegistryException TooLarge(HttpResponseMessage response)
    {
        using var answer = new RegistryAnswer(response, []);
        return RegistryFailures.Nonsense(answer, $"with more than {MaxBodyBytes >> 20} MiB");
    }

    [LoggerMessage(1, LogLevel.Debug, "{Request}: {Status} in {Milliseconds:F0} ms")]
    private static partial void LogAnswer(ILogger logger, string request, int status, double milliseconds);
}
