using System.Net;
using FedSite.Grid;
using FedSite.OpenStack;

namespace FedSite.Images.Inspection;

/// <summary>An image at a web server, read as it comes. Nothing of a URL but server and path appears in messages.</summary>
internal sealed class RemoteImage : IDisposable
{
    private const int MaxRedirects = 5;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>For an answer to begin, and between two of its pieces.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly HttpClient _client;
    private readonly ServerTrust _trust;
    private readonly TimeProvider _time;
    private Uri _url;
    private HttpResponseMessage? _answer;
    private Stream _body = Stream.Null;

    private RemoteImage(Uri url, TimeProvider time)
    {
        _url = url;
        _time = time;
        _trust = new ServerTrust(TlsTrust.ClientPolicy(folder: null));
        _client = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                ConnectTimeout = ConnectTimeout,
                MaxResponseHeadersLength = 64,
                UseCookies = false,
                SslOptions = _trust.ClientOptions(),
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd(ProductInfo.UserAgent);
    }

    /// <summary>Bytes that the server has promised; null: it did not say.</summary>
    public long? Length => _answer?.Content.Headers.ContentLength;

    /// <summary>The URL without what may be secret.</summary>
    public static string Shown(Uri url) =>
        url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <param name="url">http or https; redirects are followed, but never from https to http.</param>
    /// <exception cref="FedSiteException">The server does not give it.</exception>
    public static async Task<RemoteImage> OpenAsync(Uri url, TimeProvider time, CancellationToken cancellationToken)
    {
        var image = new RemoteImage(url, time);
        try
        {
            await image.TryAsync(image.ConnectAsync, cancellationToken);
            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>The next bytes; 0: it has ended.</summary>
    /// <exception cref="FedSiteException">The connection broke.</exception>
    public async Task<int> ReadAsync(Memory<byte> bytes, CancellationToken cancellationToken)
    {
        var read = 0;
        await TryAsync(async token => read = await _body.ReadAsync(bytes, token), cancellationToken);
        return read;
    }

    public void Dispose()
    {
        _answer?.Dispose();
        _client.Dispose();
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, _url);
            _answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (_answer.StatusCode == HttpStatusCode.OK)
                break;
            if ((int)_answer.StatusCode is not (301 or 302 or 303 or 307 or 308))
            {
                throw new FedSiteException(
                    $"{Shown(_url)} was answered with status {(int)_answer.StatusCode}.",
                    "Look whether the URL is right, and whether it asks for a login: then download the file and inspect that."
                );
            }

            if (redirects == MaxRedirects)
                throw new FedSiteException($"{Shown(_url)} redirects too often.", "Give the URL that it ends at.");
            Follow(_answer.Headers.Location);
            _answer.Dispose();
        }

        _body = await _answer.Content.ReadAsStreamAsync(cancellationToken);
    }

    private void Follow(Uri? location)
    {
        _ = Uri.TryCreate(_url, location, out var next);
        if (
            next is not { Scheme: "http" or "https" }
            || (_url.Scheme == Uri.UriSchemeHttps && next.Scheme != _url.Scheme)
        )
        {
            throw new FedSiteException(
                $"{Shown(_url)} redirects to {(next is null ? "nowhere" : $"a URL with {next.Scheme}")}, which is not followed.",
                "Download the file in a way that you trust, and inspect that."
            );
        }

        _url = next;
    }

    private async Task TryAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await work(either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FedSiteException(
                $"{Shown(_url)}: nothing came for {Patience.TotalSeconds:F0} seconds.",
                "Try again later, or download the file and inspect that.",
                inner: e
            );
        }
        catch (Exception e) when (ConnectionFailures.IsOne(e) && !cancellationToken.IsCancellationRequested)
        {
            var (what, nextStep) = ConnectionFailures.Explain(
                _url,
                e,
                _trust.LastFault,
                Patience,
                "the server's operator",
                "the URL"
            );
            throw new FedSiteException($"{Shown(_url)} can't be read: {what}", nextStep, inner: e);
        }
    }
}
