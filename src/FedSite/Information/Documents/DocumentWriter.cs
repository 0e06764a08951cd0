using System.Globalization;
using System.Text.Json;

namespace FedSite.Information.Documents;

/// <summary>
/// Writes the classes in the contract's order, each with all members in theirs; what cloud-info-provider 1.x lacks comes
/// behind, or into <c>OtherInfo</c>, where no consumer looks.
/// </summary>
/// <param name="json">Where to.</param>
/// <param name="facts">What to write.</param>
/// <param name="resources">Images and flavors that are to be published.</param>
/// <param name="like12">The very form of cloud-info-provider 1.2.</param>
internal sealed partial class DocumentWriter(
    Utf8JsonWriter json,
    SiteFacts facts,
    PublishedResources resources,
    bool like12
)
{
    /// <summary>Seconds for which the document may be believed.</summary>
    private const int Validity = 43_200;
    private const string Unknown = "UNKNOWN";

    private readonly string _created = facts.Created.UtcDateTime.ToString(
        "yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'",
        CultureInfo.InvariantCulture
    );

    private string ServiceId => $"{facts.Endpoint}_cloud.compute";
    private string ManagerId => $"{facts.Endpoint}_cloud.compute_manager";
    private string EndpointId => $"{facts.Endpoint}_OpenStack_v3";

    public void Write()
    {
        json.WriteStartObject();
        Class("CloudComputingService", WriteService);
        Class("CloudComputingManager", WriteManager);
        Class("CloudComputingEndpoint", WriteEndpoint);
        Class("CloudComputingImage", WriteImages);
        Class("CloudComputingInstanceType", WriteInstanceTypes);
        Class("CloudComputingVirtualAccelerator", WriteAccelerators);
        Class("Share", WriteShares);
        Class("MappingPolicy", WriteMappingPolicies);
        Class("AccessPolicy", WriteAccessPolicy);
        json.WriteEndObject();
    }

    private void Class(string name, Action write)
    {
        json.WriteStartArray(name);
        write();
        json.WriteEndArray();
    }

    /// <summary>Begins an object with the members that all have.</summary>
    private void Begin(string id, string? name)
    {
        json.WriteStartObject();
        json.WriteString("ID", id);
        json.WriteNumber("Validity", Validity);
        json.WriteString("CreationTime", _created);
        if (name is not null)
            json.WriteString("Name", name);
    }

    private void Associations(params ReadOnlySpan<(string Class, IEnumerable<string> Ids)> to)
    {
        json.WriteStartObject("Associations");
        foreach (var (name, ids) in to)
            Texts(name, ids);
        json.WriteEndObject();
    }

    private void Texts(string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private void TextIfKnown(string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    private void WriteService()
    {
        Begin(ServiceId, $"Cloud Compute service at {facts.SiteName}");
        if (facts.Gocdb.EndpointId is { } id)
        {
            json.WriteStartObject("OtherInfo");
            json.WriteString("gocdb_id", id);
            json.WriteString("site_name", facts.Gocdb.SiteName ?? facts.SiteName);
            json.WriteEndObject();
        }

        Associations(("AdminDomain", [facts.SiteName]));
        json.WriteString("Type", "org.cloud.iaas");
        json.WriteString("QualityLevel", "production");
        json.WriteString("StatusInfo", $"https://argo.egi.eu/egi/report-status/Critical/SITES/{facts.SiteName}");
        json.WriteString("ServiceAUP", "http://go.egi.eu/aup");
        json.WriteString(
            "Complexity",
            string.Create(CultureInfo.InvariantCulture, $"endpointType=1,share={facts.Shares.Count}")
        );
        Texts("Capability", ["executionmanagement.dynamicvmdeploy", "security.accounting"]);
        // A project counts once, however many VOs have it; 1.2 counts it for each.
        var projects = like12 ? facts.Shares.Select(share => share.Project) : DistinctProjects();
        WriteServers(projects.Aggregate(default(ServerTotals), (sum, project) => sum + Totals(project)));
        json.WriteEndObject();
    }

    /// <summary>One that two accounts read is still one.</summary>
    private IEnumerable<ProjectFacts> DistinctProjects() =>
        facts.Projects.Where(project => project.IsOpen).DistinctBy(project => (project.Cloud.Place, project.Id));

    private ServerTotals Totals(ProjectFacts project) =>
        project.ServerStates is not { } states ? default
        : like12 ? ServerTotals.Like12(states)
        : ServerTotals.Of(states);

    private void WriteServers(ServerTotals servers)
    {
        json.WriteNumber("TotalVM", servers.Total);
        json.WriteNumber("RunningVM", servers.Running);
        json.WriteNumber("SuspendedVM", servers.Suspended);
        json.WriteNumber("HaltedVM", servers.Halted);
    }

    private void WriteManager()
    {
        Begin(ManagerId, name: null);
        if (!like12)
            WriteManagerInfo();
        Associations(("CloudComputingService", [ServiceId]));
        var flavors = like12
            ? facts.Shares.LastOrDefault(share => share.Project.IsOpen)?.Project.Flavors ?? []
            : [.. resources.Flavors.Select(flavor => flavor.Item)];
        json.WriteNumber("InstanceMaxCPU", flavors.Select(flavor => flavor.Vcpus).DefaultIfEmpty().Max());
        json.WriteNumber("InstanceMinCPU", like12 ? 0 : flavors.Select(f => f.Vcpus).DefaultIfEmpty().Min());
        json.WriteNumber("InstanceMaxRAM", flavors.Select(flavor => flavor.RamMiB).DefaultIfEmpty().Max());
        json.WriteNumber("InstanceMinRAM", like12 ? 0 : flavors.Select(f => f.RamMiB).DefaultIfEmpty().Min());
        json.WriteEndObject();
    }

    private void WriteManagerInfo()
    {
        var clouds = facts.Clouds.ToList();
        var networks = clouds.Where(cloud => cloud.ExternalNetworks is not null).ToList();
        json.WriteStartObject("OtherInfo");
        if (clouds.Exists(cloud => cloud.Region is not null))
            Texts("regions", clouds.Select(cloud => cloud.Region).OfType<string>().Distinct());
        if (networks.Count > 0)
        {
            json.WriteStartArray("networks");
            foreach (var network in networks.SelectMany(cloud => cloud.ExternalNetworks!).DistinctBy(n => n.Id))
            {
                json.WriteStartObject();
                json.WriteString("name", network.Name);
                json.WriteString("id", network.Id);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            // Floating addresses come from networks that lead out.
            json.WriteBoolean("floating_ips", networks.Exists(cloud => cloud.ExternalNetworks!.Count > 0));
        }

        if (clouds.Exists(cloud => cloud.VolumeTypes is not null))
            Texts("volume_types", clouds.SelectMany(cloud => cloud.VolumeTypes ?? []).Distinct());
        json.WriteEndObject();
    }
}
