using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using FedSite.Sandbox.OpenStack;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.Gocdb;

/// <summary>
/// GOCDB's public interface: <c>get_service</c> and <c>get_downtime</c> with the elements that GetService.php and
/// GetDowntime.php of https://github.com/GOCDB/gocdb write.
/// </summary>
internal sealed class GocdbApi(SandboxGocdb gocdb, TimeProvider time)
{
    public const string Path = "/gocdbpi/public/";

    public Task HandleAsync(HttpContext context)
    {
        var query = context.Request.Query;
        return (context.Request.Path.Value, query["method"].ToString()) switch
        {
            (not Path, _) => Answers.TextAsync(context, 404, "text/html; charset=iso-8859-1", "<h1>Not Found</h1>"),
            (_, "get_service" or "get_service_endpoint") => AnswerAsync(context, xml => WriteServices(xml, query)),
            (_, "get_downtime") => AnswerAsync(context, xml => WriteDowntimes(xml, query)),
            _ => AnswerAsync(context, xml => xml.WriteElementString("error", "Invalid or missing method")),
        };
    }

    private static async Task AnswerAsync(HttpContext context, Action<XmlWriter> write)
    {
        using var answer = new MemoryStream();
        var settings = new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false) };
        using (var xml = XmlWriter.Create(answer, settings))
        {
            write(xml);
        }
        await Answers.BytesAsync(context, 200, "application/xml", answer.ToArray());
    }

    private void WriteServices(XmlWriter xml, IQueryCollection query)
    {
        xml.WriteStartElement("results");
        foreach (var service in gocdb.Services.Where(s => Is(query["service_type"], s.Type)))
        {
            if (Is(query["sitename"], service.Site))
            {
                WriteService(xml, service);
            }
        }
        xml.WriteEndElement();
    }

    private static bool Is(string? wanted, string value) => string.IsNullOrEmpty(wanted) || wanted == value;

    private static void WriteService(XmlWriter xml, RegisteredService service)
    {
        xml.WriteStartElement("SERVICE_ENDPOINT");
        xml.WriteAttributeString("PRIMARY_KEY", service.Id);
        xml.WriteElementString("PRIMARY_KEY", service.Id);
        xml.WriteElementString("HOSTNAME", service.Host);
        xml.WriteElementString("GOCDB_PORTAL_URL", Portal("Service", service.Id));
        xml.WriteElementString("BETA", "N");
        xml.WriteElementString("SERVICE_TYPE", service.Type);
        Empty(xml, "CORE");
        xml.WriteElementString("IN_PRODUCTION", service.InProduction ? "Y" : "N");
        xml.WriteElementString("NODE_MONITORED", service.Monitored ? "Y" : "N");
        xml.WriteElementString("NOTIFICATIONS", "Y");
        xml.WriteElementString("SITENAME", service.Site);
        xml.WriteElementString("COUNTRY_NAME", "Netherlands");
        xml.WriteElementString("COUNTRY_CODE", "NL");
        xml.WriteElementString("ROC_NAME", "NGI_NL");
        Element(xml, "URL", service.Url);
        WriteEndpoints(xml, "ENDPOINTS", service.EndpointUrls, service.Type);
        xml.WriteStartElement("SCOPES");
        xml.WriteElementString("SCOPE", "EGI");
        xml.WriteEndElement();
        Empty(xml, "EXTENSIONS");
        xml.WriteEndElement();
    }

    private void WriteDowntimes(XmlWriter xml, IQueryCollection query)
    {
        var now = time.GetUtcNow();
        var top = query["topentity"].ToString();
        xml.WriteStartElement("results");
        foreach (var (number, downtime) in gocdb.Downtimes.Index())
        {
            if (
                (top.Length == 0 || Like(downtime.Service.Site, top) || Like(downtime.Service.Host, top))
                && (query["ongoing_only"] != "yes" || (downtime.Start < now && now < downtime.End))
            )
            {
                WriteDowntime(xml, downtime, 119 + number);
            }
        }
        xml.WriteEndElement();
    }

    private static void WriteDowntime(XmlWriter xml, RegisteredDowntime downtime, int number)
    {
        var (service, id) = (downtime.Service, number.ToString(CultureInfo.InvariantCulture));
        xml.WriteStartElement("DOWNTIME");
        xml.WriteAttributeString("ID", id);
        xml.WriteAttributeString("PRIMARY_KEY", $"{id}G0");
        xml.WriteAttributeString("CLASSIFICATION", "SCHEDULED");
        xml.WriteElementString("PRIMARY_KEY", $"{id}G0");
        xml.WriteElementString("HOSTNAME", service.Host);
        xml.WriteElementString("SERVICE_TYPE", service.Type);
        xml.WriteElementString("ENDPOINT", service.Host + service.Type);
        xml.WriteElementString("HOSTED_BY", service.Site);
        xml.WriteElementString("GOCDB_PORTAL_URL", Portal("Downtime", id));
        WriteEndpoints(xml, "AFFECTED_ENDPOINTS", downtime.EndpointUrls, service.Type);
        xml.WriteElementString("SEVERITY", downtime.Severity);
        xml.WriteElementString("DESCRIPTION", downtime.Description);
        xml.WriteElementString("INSERT_DATE", Seconds(downtime.Start.AddDays(-1)));
        xml.WriteElementString("START_DATE", Seconds(downtime.Start));
        xml.WriteElementString("END_DATE", Seconds(downtime.End));
        xml.WriteElementString("FORMATED_START_DATE", Minutes(downtime.Start));
        xml.WriteElementString("FORMATED_END_DATE", Minutes(downtime.End));
        xml.WriteEndElement();
    }

    private static void WriteEndpoints(XmlWriter xml, string list, IReadOnlyList<string> urls, string type)
    {
        xml.WriteStartElement(list);
        foreach (var (number, url) in urls.Index())
        {
            xml.WriteStartElement("ENDPOINT");
            xml.WriteElementString("ID", (7000 + number).ToString(CultureInfo.InvariantCulture));
            xml.WriteElementString("NAME", "keystone");
            Empty(xml, "EXTENSIONS");
            xml.WriteElementString("URL", url);
            xml.WriteElementString("INTERFACENAME", type);
            xml.WriteElementString("ENDPOINT_MONITORED", "Y");
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static void Element(XmlWriter xml, string name, string text)
    {
        xml.WriteStartElement(name);
        if (text.Length > 0)
        {
            xml.WriteString(text);
        }
        xml.WriteEndElement();
    }

    private static void Empty(XmlWriter xml, string name) => Element(xml, name, "");

    private static string Portal(string page, string id) =>
        $"https://goc.example.org/portal/index.php?Page_Type={page}&id={id.Split('G')[0]}";

    private static string Seconds(DateTimeOffset time) =>
        time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static string Minutes(DateTimeOffset time) =>
        time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>As in SQL, by which GOCDB looks for names.</summary>
    private static bool Like(string text, string pattern) =>
        Regex.IsMatch(
            text,
            $"^{Regex.Escape(pattern).Replace("%", ".*", StringComparison.Ordinal).Replace("_", ".", StringComparison.Ordinal)}$",
            RegexOptions.CultureInvariant,
            TimeSpan.FromSeconds(1)
        );
}
