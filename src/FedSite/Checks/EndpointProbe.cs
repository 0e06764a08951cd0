using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FedSite.Grid;

namespace FedSite.Checks;

/// <summary>What came of knocking at one address of an endpoint.</summary>
internal sealed record ProbeResult(IPAddress Address)
{
    /// <summary>Why no connection came about; null: it did.</summary>
    public string? Fault { get; init; }

    /// <summary>Why clients will not believe its certificate; null: they will, or it is plain HTTP.</summary>
    public string? TlsFault { get; init; }

    public DateTimeOffset? CertificateEnds { get; init; }

    /// <summary>The server's clock minus ours, to the second.</summary>
    public TimeSpan? Skew { get; init; }
}

/// <summary>Connects to every address of an endpoint, past all that HTTP clients do to hide a bad one.</summary>
internal static class EndpointProbe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);
    private const int HeaderLimit = 16 * 1024;

    /// <summary>One result an address; empty when the name has none.</summary>
    public static async Task<IReadOnlyList<ProbeResult>> RunAsync(
        Uri url,
        X509ChainPolicy trust,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        IPAddress[] addresses;
        try
        {
            addresses = await Dns.GetHostAddressesAsync(url.IdnHost, cancellationToken);
        }
        catch (SocketException)
        {
            return [];
        }

        var probes = addresses.Distinct().Select(address => ProbeAsync(url, address, trust, time, cancellationToken));
        return await Task.WhenAll(probes.ToList());
    }

    private static async Task<ProbeResult> ProbeAsync(
        Uri url,
        IPAddress address,
        X509ChainPolicy trust,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var result = new ProbeResult(address);
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address, url.Port, both.Token);
            await using var plain = new NetworkStream(socket);
            if (url.Scheme == Uri.UriSchemeHttp)
                return result with { Skew = await SkewAsync(plain, url, time, both.Token) };
            return await ProbeTlsAsync(result, url, plain, trust, time, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return result with { Fault = $"no answer within {Limit.TotalSeconds:0} s" };
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return result with { Fault = e.Message };
        }
    }

    private static async Task<ProbeResult> ProbeTlsAsync(
        ProbeResult result,
        Uri url,
        Stream plain,
        X509ChainPolicy trust,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var judge = new ServerTrust(trust);
        var options = judge.ClientOptions();
        options.TargetHost = url.IdnHost;
        await using var secure = new SslStream(plain);
        try
        {
            await secure.AuthenticateAsClientAsync(options, cancellationToken);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return result with { TlsFault = judge.LastFault ?? $"no TLS connection comes about ({e.Message})" };
        }

        var certificate = (X509Certificate2)secure.RemoteCertificate!;
        return result with
        {
            CertificateEnds = new DateTimeOffset(certificate.NotAfter.ToUniversalTime()),
            Skew = await SkewAsync(secure, url, time, cancellationToken),
        };
    }

    // Any answer will do, an error as well: each has a Date.
    private static async Task<TimeSpan?> SkewAsync(
        Stream stream,
        Uri url,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var request =
            $"GET / HTTP/1.1\r\nHost: {url.Authority}\r\nUser-Agent: {ProductInfo.UserAgent}\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
        var header = new byte[HeaderLimit];
        var length = 0;
        while (length < header.Length && header.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
        {
            var read = await stream.ReadAsync(header.AsMemory(length), cancellationToken);
            if (read == 0)
                break;
            length += read;
        }

        var now = time.GetUtcNow();
        var line = Encoding
            .Latin1.GetString(header, 0, length)
            .Split("\r\n")
            .FirstOrDefault(l => l.StartsWith("Date:", StringComparison.OrdinalIgnoreCase));
        return DateTimeOffset.TryParseExact(
            line?[5..].Trim(),
            "r",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var theirs
        )
            ? theirs - now
            : null;
    }
}
