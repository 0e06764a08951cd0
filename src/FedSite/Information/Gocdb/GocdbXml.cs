using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace FedSite.Information.Gocdb;

/// <summary>A service that GOCDB has.</summary>
/// <param name="Id">For instance <c>7513G0</c>.</param>
/// <param name="Urls">Its own, and those of its endpoints.</param>
internal sealed record GocdbService(
    string Id,
    string? SiteName,
    string Host,
    IReadOnlyList<EndpointUrl> Urls,
    bool InProduction,
    bool Monitored
)
{
    /// <summary>The URLs as somebody typed them.</summary>
    public IReadOnlyList<string> UrlTexts { get; init; } = [];
}

/// <summary>A downtime of one service; of the whole site when it names no service.</summary>
internal sealed record ServiceDowntime(
    string Host,
    string ServiceType,
    string? SiteName,
    IReadOnlyList<EndpointUrl> Urls,
    Downtime Downtime
)
{
    /// <summary>Those of the whole site, of the endpoint's service, or of the very endpoint; the earliest first.</summary>
    /// <param name="host">Of the service in GOCDB; null: not known, and then taken from the URL.</param>
    public static IReadOnlyList<Downtime> Concerning(
        Uri endpoint,
        string? host,
        IReadOnlyList<ServiceDowntime> downtimes
    )
    {
        var wanted = EndpointUrl.Of(endpoint);
        host = host is { Length: > 0 } ? host : endpoint.Host;
        return
        [
            .. downtimes
                .Where(d => d.IsOfSite || d.IsOfCloudAt(host) || d.Urls.Any(wanted.IsAt))
                .Select(d => d.Downtime)
                .Distinct()
                .OrderBy(downtime => downtime.Start),
        ];
    }

    private bool IsOfSite => Host.Length == 0 && ServiceType.Length == 0;

    private bool IsOfCloudAt(string host) =>
        ServiceType == GocdbClient.ServiceType && Host.Equals(host, StringComparison.OrdinalIgnoreCase);
}

/// <summary>
/// Reads the answers of GOCDB's programmatic interface, an object at a time. Objects that nothing can be made of are left
/// out. The elements are those that GetService.php and GetDowntime.php of https://github.com/GOCDB/gocdb write
/// (lib/Gocdb_Services/PI), described at https://gocdb.github.io/api/read/.
/// </summary>
internal static partial class GocdbXml
{
    /// <summary>The OpenStack services of the whole federation are a hundredth of it.</summary>
    private const int MaxCharacters = 16 << 20;
    private const int MaxText = 1000;

    /// <exception cref="XmlException">No answer of GOCDB.</exception>
    public static IEnumerable<GocdbService> ReadServices(Stream xml) =>
        Objects(xml, "SERVICE_ENDPOINT").Select(ServiceOf).OfType<GocdbService>();

    /// <exception cref="XmlException">No answer of GOCDB.</exception>
    public static IEnumerable<ServiceDowntime> ReadDowntimes(Stream xml) =>
        Objects(xml, "DOWNTIME").Select(DowntimeOf).OfType<ServiceDowntime>();

    private static IEnumerable<XElement> Objects(Stream xml, string name)
    {
        using var reader = XmlReader.Create(
            xml,
            new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                MaxCharactersInDocument = MaxCharacters,
                IgnoreComments = true,
                IgnoreProcessingInstructions = true,
                IgnoreWhitespace = true,
            }
        );
        if (reader.MoveToContent() != XmlNodeType.Element || reader.LocalName != "results")
            throw new XmlException($"its first element is {reader.LocalName}, not results");
        reader.Read();
        while (reader.Depth > 0)
        {
            if (reader.NodeType == XmlNodeType.Element && reader.LocalName == name)
                yield return (XElement)XNode.ReadFrom(reader);
            else if (reader.NodeType == XmlNodeType.Element)
                reader.Skip();
            else if (!reader.Read())
                break;
        }

        // What stands behind may be no XML, and then the answer is none of GOCDB's.
        while (reader.Read()) { }
    }

    private static GocdbService? ServiceOf(XElement service)
    {
        var id = ((string?)service.Attribute("PRIMARY_KEY") ?? Text(service, "PRIMARY_KEY")).Trim();
        return Id().IsMatch(id)
            ? new GocdbService(
                id,
                NullIfEmpty(Text(service, "SITENAME")),
                Text(service, "HOSTNAME"),
                Urls(service, "ENDPOINTS"),
                Text(service, "IN_PRODUCTION") == "Y",
                Text(service, "NODE_MONITORED") == "Y"
            )
            {
                UrlTexts = [.. UrlElements(service, "ENDPOINTS").Select(url => url.Value.Trim())],
            }
            : null;
    }

    private static ServiceDowntime? DowntimeOf(XElement downtime) =>
        Time(downtime, "START_DATE") is { } start && Time(downtime, "END_DATE") is { } end
            ? new ServiceDowntime(
                Text(downtime, "HOSTNAME"),
                Text(downtime, "SERVICE_TYPE"),
                NullIfEmpty(Text(downtime, "HOSTED_BY")),
                Urls(downtime, "AFFECTED_ENDPOINTS"),
                // Besides OUTAGE there is WARNING, and AT_RISK in the oldest entries.
                new Downtime(
                    Text(downtime, "SEVERITY") == "OUTAGE" ? DowntimeSeverity.Outage : DowntimeSeverity.Warning,
                    start,
                    end,
                    Text(downtime, "DESCRIPTION")
                )
            )
            : null;

    private static List<EndpointUrl> Urls(XElement parent, string list) =>
        UrlElements(parent, list).Select(url => EndpointUrl.Parse(url.Value)).OfType<EndpointUrl>().ToList();

    private static IEnumerable<XElement> UrlElements(XElement parent, string list) =>
        parent.Elements("URL").Concat(parent.Elements(list).Elements("ENDPOINT").Elements("URL"));

    private static string Text(XElement parent, string name)
    {
        var text = parent.Element(name)?.Value.Trim() ?? "";
        if (text.Length <= MaxText)
            return text;
        return text[..(char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText)];
    }

    private static string? NullIfEmpty(string text) => text.Length > 0 ? text : null;

    /// <summary>Epoch seconds.</summary>
    private static DateTimeOffset? Time(XElement parent, string name) =>
        long.TryParse(Text(parent, name), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    [GeneratedRegex("^[0-9]{1,12}G[0-9]{1,3}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Id();
}
