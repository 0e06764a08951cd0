using System.Net;
using System.Net.Sockets;
using FedSite.Grid;

namespace FedSite.Oci;

/// <summary>
/// Connections to the registry, and to where it points. The second kind is checked by the address that is really
/// connected to, so that a name which resolves to something else a moment later helps nobody.
/// </summary>
internal sealed class RegistryConnections : IDisposable
{
    private const int ConnectionsPerServer = 16;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly Uri _registry;
    private readonly HttpClient _own;
    private readonly HttpClient _elsewhere;
    private readonly Lock _lock = new();

    /// <summary>The farthest at which the registry was met: its name may resolve to something nearer a moment later. Null: never.</summary>
    private Reach? _reach;

    public RegistryConnections(Uri registry, ServerTrust trust)
    {
        _registry = registry;
        _own = CreateClient(trust, (context, ct) => ConnectAsync(context, isOwn: true, ct));
        _elsewhere = CreateClient(trust, (context, ct) => ConnectAsync(context, isOwn: false, ct));
    }

    /// <summary>Same scheme, host and port as the registry.</summary>
    public bool IsOwn(Uri url) =>
        (url.Scheme, url.IdnHost, url.Port) == (_registry.Scheme, _registry.IdnHost, _registry.Port);

    /// <returns>As soon as the headers are there.</returns>
    /// <exception cref="RegistryException">The registry points to where it must not.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken ct)
    {
        try
        {
            var client = IsOwn(message.RequestUri!) || IsProxied(message.RequestUri!) ? _own : _elsewhere;
            return await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (HttpRequestException e) when (e.InnerException is RegistryException refused)
        {
            throw new RegistryException(refused.Message, refused.NextStep, refused.Url, inner: e);
        }
    }

    public void Dispose()
    {
        _own.Dispose();
        _elsewhere.Dispose();
    }

    /// <summary>A proxy resolves the name itself: only an address in the URL can be judged here.</summary>
    private bool IsProxied(Uri url)
    {
        if (HttpClient.DefaultProxy.IsBypassed(url) || HttpClient.DefaultProxy.GetProxy(url) is null)
        {
            return false;
        }
        if (IPAddress.TryParse(url.IdnHost, out var address))
        {
            Judge([address], url.IdnHost);
        }
        return true;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, bool isOwn, CancellationToken ct)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        IPAddress[] addresses = IPAddress.TryParse(host, out var given)
            ? [given]
            : await Dns.GetHostAddressesAsync(host, ct);
        if (!isOwn)
        {
            addresses = Judge(addresses, host);
        }
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, ct);
            if (isOwn && host == _registry.IdnHost)
            {
                Meet(Reaches.Of(((IPEndPoint)socket.RemoteEndPoint!).Address));
            }
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Meet(Reach reach)
    {
        lock (_lock)
        {
            _reach = Reaches.Farther(_reach, reach);
        }
    }

    private IPAddress[] Judge(IPAddress[] addresses, string host)
    {
        Reach registry;
        lock (_lock)
        {
            registry = _reach ?? Reach.Public;
        }
        var good = Array.FindAll(addresses, address => Reaches.MayPoint(registry, Reaches.Of(address)));
        return good.Length > 0 || addresses.Length == 0
            ? good
            : throw new RegistryException(
                $"{_registry.Authority} points to {host} ({addresses[0]}), an address of an inner network: refused",
                "If the registry keeps its content there, give it a public address, or reach the registry by an inner one; "
                    + "else its operator should know.",
                _registry
            );
    }

    private static HttpClient CreateClient(
        ServerTrust trust,
        Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connect
    )
    {
        var handler = new SocketsHttpHandler
        {
            // Followed by hand: credentials must not go along.
            AllowAutoRedirect = false,
            // What is compressed is not what the digest is of.
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectTimeout,
            MaxConnectionsPerServer = ConnectionsPerServer,
            MaxResponseHeadersLength = 64,
            UseCookies = false,
            SslOptions = trust.ClientOptions(),
            ConnectCallback = connect,
        };
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd(ProductInfo.UserAgent);
        return client;
    }
}
