using System.Globalization;
using FedSite.Information.Gocdb;

namespace FedSite.Information.Documents;

internal sealed partial class DocumentWriter
{
    /// <summary>Longest text about what is wrong; the rest stands with the shares.</summary>
    private const int LongestInfo = 1000;

    private bool IsClosed => facts.Gocdb.Downtimes.Any(downtime => downtime.Severity is DowntimeSeverity.Outage);

    private string Health =>
        IsClosed ? "downtime"
        : !facts.SomebodyGotIn ? "unknown"
        : facts.Failures.Any() || GocdbRemarks.Any() ? "warning"
        : "ok";

    private void WriteEndpoint()
    {
        Begin(EndpointId, $"Cloud computing endpoint for {EndpointId}");
        if (!like12)
            WriteEndpointInfo();
        Associations(("CloudComputingService", [ServiceId]));
        Texts("Capability", []);
        json.WriteString("QualityLevel", "production");
        json.WriteString("InterfaceName", "org.openstack.nova");
        json.WriteString("InterfaceVersion", "2.0");
        json.WriteString("HealthState", Health);
        json.WriteString("HealthStateInfo", HealthInfo());
        json.WriteString("ServingState", IsClosed ? "closed" : "production");
        json.WriteString("Technology", "webservice");
        json.WriteString("Implementor", "OpenStack Foundation");
        json.WriteString("ImplementationName", "OpenStack Nova");
        TextIfKnown(
            "ImplementationVersion",
            facts.Clouds.Select(c => c.ComputeVersion).FirstOrDefault(v => v is not null)
        );
        json.WriteString(
            "DowntimeInfo",
            $"https://goc.egi.eu/portal/index.php?Page_Type=Downtimes_Calendar&site={facts.SiteName}"
        );
        json.WriteString("Semantics", "https://developer.openstack.org/api-ref/compute");
        json.WriteString("Authentication", facts.Authentication);
        json.WriteString("IssuerCA", facts.Certificates.IssuerCA);
        Texts("TrustedCA", facts.Certificates.TrustedCA);
        json.WriteString("URL", facts.Endpoint);
        json.WriteEndObject();
    }

    /// <summary>What is wrong in GOCDB or with it; 1.2 knows nothing of it.</summary>
    private IEnumerable<string> GocdbRemarks =>
        like12
            ? []
            : new[]
            {
                facts.Gocdb.Info,
                facts.Gocdb.DowntimesKnown ? null : "downtimes not known: GOCDB did not tell",
            }.OfType<string>();

    private string HealthInfo()
    {
        var said = new List<string>();
        if (IsClosed)
            said.Add("In downtime");
        if (!facts.SomebodyGotIn)
            said.Add("No working authentication configured");
        said.AddRange(facts.Failures.Select(f => f.Vo is null ? Words(f.Failure) : $"{f.Vo}: {Words(f.Failure)}"));
        said.AddRange(GocdbRemarks);
        var text = said.Count == 0 ? "Endpoint functioning properly" : string.Join("; ", said);
        return text.Length <= LongestInfo ? text : string.Concat(text.AsSpan(0, LongestInfo), "…");
    }

    private static string Words(PartFailure failure) => $"{failure.Part} not known: {failure.Info}";

    private void WriteEndpointInfo()
    {
        json.WriteStartObject("OtherInfo");
        json.WriteString("generator", $"fedsite/{ProductInfo.Version}");
        json.WriteStartObject("gocdb");
        json.WriteString("state", facts.Gocdb.State.ToString().ToLowerInvariant());
        TextIfKnown("info", facts.Gocdb.Info);
        json.WriteString("downtimes", facts.Gocdb.DowntimesKnown ? "known" : "unknown");
        json.WriteEndObject();
        if (facts.Gocdb.Downtimes.Count > 0)
            WriteDowntimes();
        if (facts.Failures.Any())
        {
            json.WriteStartArray("failed");
            foreach (var (vo, failure) in facts.Failures)
                WriteFailure(failure, vo);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private void WriteDowntimes()
    {
        json.WriteStartArray("downtimes");
        foreach (var downtime in facts.Gocdb.Downtimes)
        {
            json.WriteStartObject();
            json.WriteString("severity", downtime.Severity.ToString().ToUpperInvariant());
            json.WriteString("start", Seconds(downtime.Start));
            json.WriteString("end", Seconds(downtime.End));
            json.WriteString("description", downtime.Description);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteFailure(PartFailure failure, string? vo)
    {
        json.WriteStartObject();
        TextIfKnown("vo", vo);
        json.WriteString("part", failure.Part);
        json.WriteString("info", failure.Info);
        json.WriteEndObject();
    }

    private static string Seconds(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
