using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FedSite.Grid;

namespace FedSite.Federation;

/// <summary>What a web server answered.</summary>
internal sealed record WebAnswer(int Status, Uri? Location, string? Challenge, string Body);

/// <summary>Asks a web server as a stranger would: without cookies, redirects or credentials.</summary>
internal sealed class WebProbe : IDisposable
{
    private const int MaxBody = 256 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly HttpClient _client;
    private readonly ServerTrust _judge;
    private readonly string? _host;

    /// <param name="trust">Whom to believe.</param>
    /// <param name="host">Connects there, as <c>name</c> or <c>name:port</c>, whatever the URL says; null: as it says.</param>
    public WebProbe(X509ChainPolicy trust, string? host = null)
    {
        _judge = new ServerTrust(trust);
        _host = host;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = host is null,
            ConnectTimeout = Limit,
            MaxResponseHeadersLength = 64,
            SslOptions = _judge.ClientOptions(),
        };
        if (host is not null)
            handler.ConnectCallback = (context, ct) => ConnectAsync(host, context.DnsEndPoint.Port, ct);
        _client = new HttpClient(handler) { Timeout = Limit, MaxResponseContentBufferSize = MaxBody };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd(ProductInfo.UserAgent);
    }

    /// <summary>Sends a GET; names and values of headers go out as they are.</summary>
    public Task<WebAnswer> GetAsync(Uri url, string accept, (string Name, string Value)? header, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (header is { } extra)
            request.Headers.TryAddWithoutValidation(extra.Name, extra.Value);
        return SendAsync(request, accept, ct);
    }

    public Task<WebAnswer> PostJsonAsync(Uri url, string body, CancellationToken ct)
    {
        var content = new StringContent(body, Encoding.UTF8, "application/json");
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, url) { Content = content }, "application/json", ct);
    }

    /// <summary>Sends a form as a client of OAuth 2.0. https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1</summary>
    public Task<WebAnswer> PostFormAsync(
        Uri url,
        string clientId,
        string secret,
        IEnumerable<KeyValuePair<string, string>> fields,
        CancellationToken ct
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(fields) };
        var pair = $"{Uri.EscapeDataString(clientId)}:{Uri.EscapeDataString(secret)}";
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))
        );
        return SendAsync(request, "application/json", ct);
    }

    /// <exception cref="FedSiteException">There was no answer.</exception>
    private async Task<WebAnswer> SendAsync(HttpRequestMessage request, string accept, CancellationToken ct)
    {
        using (request)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
            try
            {
                using var answer = await _client.SendAsync(request, ct);
                var location = answer.Headers.Location is { } url ? new Uri(request.RequestUri!, url) : null;
                var challenge = string.Join(", ", answer.Headers.WwwAuthenticate.Select(c => c.ToString()));
                var body = await answer.Content.ReadAsStringAsync(ct);
                return new WebAnswer((int)answer.StatusCode, location, challenge.Length > 0 ? challenge : null, body);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw NoAnswer(request.RequestUri!, $"nothing within {Limit.TotalSeconds:0} s");
            }
            catch (HttpRequestException e)
            {
                throw NoAnswer(request.RequestUri!, _judge.LastFault ?? e.Message);
            }
        }
    }

    public void Dispose() => _client.Dispose();

    private FedSiteException NoAnswer(Uri url, string why) =>
        new(
            $"{url.GetLeftPart(UriPartial.Path)}{(_host is null ? "" : $" at {_host}")} does not answer: {why}.",
            "Open the port, or correct the name or its certificate."
        );

    private static async ValueTask<Stream> ConnectAsync(string host, int port, CancellationToken ct)
    {
        var colon = host.LastIndexOf(':');
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            var target =
                colon < 0
                    ? new DnsEndPoint(host, port)
                    : new DnsEndPoint(host[..colon], int.Parse(host[(colon + 1)..], CultureInfo.InvariantCulture));
            await socket.ConnectAsync(target, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
