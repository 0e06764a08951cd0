using System.Xml;
using FedSite.Configuration;
using Microsoft.Extensions.Logging;

namespace FedSite.Information.Gocdb;

/// <summary>
/// Asks GOCDB's public interface. <see href="https://gocdb.github.io/api/read/get_service"/>,
/// <see href="https://gocdb.github.io/api/read/get_downtime"/>
/// </summary>
internal sealed class GocdbClient : IDisposable
{
    /// <summary>As which Keystones of clouds are registered.</summary>
    public const string ServiceType = "org.openstack.nova";

    /// <summary>For a question with all its repetitions: nothing else waits longer for an answer.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(50);
    private static readonly KeyValuePair<string, string>[] Headers = [new("Accept", "application/xml, text/xml")];

    private readonly Uri _url;
    private readonly WebClient _web;
    private readonly TimeProvider _time;

    /// <exception cref="FedSiteException">The file of CAs cannot be read.</exception>
    public GocdbClient(GocdbConfig config, TimeProvider time, ILogger logger)
    {
        _url = new Uri(config.Url);
        _web = new WebClient(config.Cacert, "information.gocdb.cacert", time, logger);
        _time = time;
    }

    /// <summary>Services with this URL, and those of this site, of the type that clouds have.</summary>
    /// <exception cref="GocdbException">GOCDB did not answer as it should.</exception>
    public async Task<IReadOnlyList<GocdbService>> ListAsync(
        Uri endpoint,
        string site,
        CancellationToken cancellationToken
    )
    {
        var wanted = EndpointUrl.Of(endpoint);
        var answer = await GetAsync($"method=get_service&service_type={ServiceType}", cancellationToken);
        var all = 0;
        var services = Read(
            answer,
            xml =>
                GocdbXml
                    .ReadServices(xml)
                    .Where(_ => ++all > 0)
                    .Where(service => service.Urls.Any(wanted.IsAt) || IsSameSite(service.SiteName, site))
                    .ToList()
        );
        // The federation is never without clouds: it says nothing about this one.
        return all > 0
            ? services
            : throw new GocdbException(
                "GOCDB lists no cloud at all",
                $"{WebClient.Shown(_url)} lists no service {ServiceType} at all.",
                "Check `information.gocdb.url`; GOCDB itself may be broken."
            );
    }

    /// <summary>
    /// The service with this URL. Of several the one of this site goes first, then one with the very URL, then one in
    /// production, then the one that is listed first.
    /// </summary>
    /// <returns>Null: there is none.</returns>
    public static GocdbService? Choose(IReadOnlyList<GocdbService> services, Uri endpoint, string site)
    {
        var wanted = EndpointUrl.Of(endpoint);
        return services
            .Where(service => service.Urls.Any(wanted.IsAt))
            .MaxBy(service =>
                (IsSameSite(service.SiteName, site), service.Urls.Contains(wanted), service.InProduction)
            );
    }

    /// <summary>The URL of this endpoint's service, letter by letter as it was typed.</summary>
    /// <returns>Null: there is no such service.</returns>
    /// <exception cref="GocdbException">GOCDB did not answer as it should.</exception>
    public async Task<string?> FindUrlAsync(Uri endpoint, string site, CancellationToken cancellationToken)
    {
        var services = await ListAsync(endpoint, site, cancellationToken);
        return Choose(services, endpoint, site) is { } service ? UrlText(service, endpoint) : null;
    }

    /// <summary>Of several the one that is the very URL, then the first that means the same Keystone.</summary>
    public static string? UrlText(GocdbService service, Uri endpoint)
    {
        var wanted = EndpointUrl.Of(endpoint);
        return service
            .UrlTexts.Where(text => EndpointUrl.Parse(text)?.IsAt(wanted) == true)
            .MaxBy(text => (text == endpoint.OriginalString, EndpointUrl.Parse(text) == wanted));
    }

    /// <summary>Downtimes of the site's services that go on now.</summary>
    /// <exception cref="GocdbException">GOCDB did not answer as it should.</exception>
    public async Task<IReadOnlyList<ServiceDowntime>> ListDowntimesAsync(
        string site,
        CancellationToken cancellationToken
    )
    {
        var query = $"method=get_downtime&topentity={Uri.EscapeDataString(site)}&ongoing_only=yes";
        var answer = await GetAsync(query, cancellationToken);
        var now = _time.GetUtcNow();
        // GOCDB looks for the name with LIKE, to which _ is any letter.
        return Read(
            answer,
            xml =>
                GocdbXml
                    .ReadDowntimes(xml)
                    .Where(d => d.SiteName is null || IsSameSite(d.SiteName, site))
                    .Where(d => d.Downtime.Start <= now && now < d.Downtime.End)
                    .ToList()
        );
    }

    public static bool IsSameSite(string? name, string site) =>
        string.Equals(name, site, StringComparison.OrdinalIgnoreCase);

    public void Dispose() => _web.Dispose();

    private async Task<byte[]> GetAsync(string query, CancellationToken cancellationToken)
    {
        var url = new UriBuilder(_url) { Query = $"{_url.Query}{(_url.Query.Length > 0 ? '&' : "")}{query}" }.Uri;
        using var limit = new CancellationTokenSource(Limit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var reply = await _web.SendAsync(HttpMethod.Get, url, Headers, body: null, both.Token);
            if (reply.IsSuccess)
                return reply.Body;
            throw new GocdbException(
                $"GOCDB answered {reply.Status}",
                $"{WebClient.Shown(url)} answered {reply.Status}{(reply.Location is { } to ? $", see {WebClient.Shown(to)}" : "")}.",
                "Check `information.gocdb.url`."
            );
        }
        // Of whatever kind: a try's own limit may have run out in the same moment.
        catch (Exception e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw NoAnswer(
                $"{WebClient.Shown(url)} did not answer within {Limit.TotalSeconds:0} s.",
                nextStep: null,
                e
            );
        }
        catch (FedSiteException e) when (e is not GocdbException)
        {
            throw NoAnswer(e.Message, e.NextStep, e);
        }
    }

    private T Read<T>(byte[] answer, Func<Stream, T> read)
    {
        try
        {
            using var xml = new MemoryStream(answer, writable: false);
            return read(xml);
        }
        catch (XmlException e)
        {
            throw new GocdbException(
                "GOCDB's answer can't be read",
                $"The answer of {WebClient.Shown(_url)} is none of GOCDB: {e.Message}",
                "Check `information.gocdb.url`.",
                e
            );
        }
    }

    private static GocdbException NoAnswer(string message, string? nextStep, Exception inner) =>
        new("GOCDB did not answer", message, nextStep, inner);
}
