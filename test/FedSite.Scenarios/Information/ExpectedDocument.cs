using System.Text.Json.Nodes;

namespace FedSite.Scenarios.Information;

/// <summary>A VO in a project.</summary>
internal sealed record ExpectedShare(string Vo, SeenProject Project)
{
    /// <summary>Keystone lets the account in.</summary>
    public bool IsOpen { get; init; } = true;
    public string? Sla { get; init; }
    public string? NetworkInfo { get; init; }
    public string? DefaultNetworkType { get; init; }
    public string? PublicNetworkName { get; init; }
}

/// <summary>
/// The whole document as cloud-info-provider 1.x defines it, its defects put right, with what FedSite adds; or its 1.2 form.
/// </summary>
internal sealed partial record ExpectedDocument
{
    public const string CreationTime = "CreationTime";

    public required SeenCloud Cloud { get; init; }
    public required string Endpoint { get; init; }
    public required IReadOnlyList<ExpectedShare> Shares { get; init; }
    public string Site { get; init; } = "TEST-SITE";
    public string Authentication { get; init; } = "v3password";
    public string ImageUrl { get; init; } = "http://127.0.0.1:19292";
    public bool Like12 { get; init; }
    public bool WithSnapshots { get; init; }

    /// <summary>Those that other projects share.</summary>
    public bool WithImagesOfOthers { get; init; } = true;

    private string ServiceId => $"{Endpoint}_cloud.compute";
    private string ManagerId => $"{Endpoint}_cloud.compute_manager";
    private string EndpointId => $"{Endpoint}_OpenStack_v3";
    private IEnumerable<ExpectedShare> OpenShares => Shares.Where(share => share.IsOpen);

    public JsonObject Make() =>
        new()
        {
            ["CloudComputingService"] = new JsonArray(Service()),
            ["CloudComputingManager"] = new JsonArray(Manager()),
            ["CloudComputingEndpoint"] = new JsonArray(EndpointObject()),
            ["CloudComputingImage"] = Images(),
            ["CloudComputingInstanceType"] = InstanceTypes(),
            ["CloudComputingVirtualAccelerator"] = Accelerators(),
            ["Share"] = new JsonArray([.. Shares.Select(ShareObject)]),
            ["MappingPolicy"] = new JsonArray([.. Shares.Select(MappingPolicy)]),
            ["AccessPolicy"] = new JsonArray(AccessPolicy()),
        };

    public string IdOf(ExpectedShare share) => $"{EndpointId}_share_{share.Vo}_{share.Project.Id}";

    private static JsonObject Begin(string id, string? name)
    {
        var item = new JsonObject
        {
            ["ID"] = id,
            ["Validity"] = 43200,
            [CreationTime] = "",
        };
        Add(item, "Name", name);
        return item;
    }

    private static void Add(JsonObject item, string name, JsonNode? value)
    {
        if (value is not null)
        {
            item[name] = value;
        }
    }

    private static JsonArray Texts(params IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    private JsonObject Service()
    {
        var service = Begin(ServiceId, $"Cloud Compute service at {Site}");
        service["OtherInfo"] = new JsonObject { ["gocdb_id"] = SiteInGocdb.Id, ["site_name"] = Site };
        service["Associations"] = new JsonObject { ["AdminDomain"] = Texts(Site) };
        service["Type"] = "org.cloud.iaas";
        service["QualityLevel"] = "production";
        service["StatusInfo"] = $"https://argo.egi.eu/egi/report-status/Critical/SITES/{Site}";
        service["ServiceAUP"] = "http://go.egi.eu/aup";
        service["Complexity"] = $"endpointType=1,share={Shares.Count}";
        service["Capability"] = Texts("executionmanagement.dynamicvmdeploy", "security.accounting");
        // A project of several VOs is counted once; 1.2 counts it for each.
        var counted = OpenShares.Select(share => share.Project);
        AddServers(service, Like12 ? counted : counted.DistinctBy(project => project.Id));
        return service;
    }

    private JsonObject Manager()
    {
        var manager = Begin(ManagerId, name: null);
        if (!Like12)
        {
            manager["OtherInfo"] = new JsonObject
            {
                ["regions"] = Texts(Cloud.Region),
                ["networks"] = new JsonArray([
                    .. Cloud.ExternalNetworks.Select(network => new JsonObject
                    {
                        ["name"] = network.Name,
                        ["id"] = network.Id,
                    }),
                ]),
                ["floating_ips"] = Cloud.ExternalNetworks.Count > 0,
                ["volume_types"] = Texts(Cloud.VolumeTypes),
            };
        }

        manager["Associations"] = new JsonObject { ["CloudComputingService"] = Texts(ServiceId) };
        // Of all shares; 1.2 has the last share's maxima, and no minima.
        var shares = Like12 ? OpenShares.TakeLast(1) : OpenShares;
        var flavors = Cloud.Flavors.Where(flavor => shares.Any(share => flavor.IsFor(share.Project))).ToList();
        manager["InstanceMaxCPU"] = flavors.Max(flavor => flavor.Vcpus);
        manager["InstanceMinCPU"] = Like12 ? 0 : flavors.Min(flavor => flavor.Vcpus);
        manager["InstanceMaxRAM"] = flavors.Max(flavor => flavor.Ram);
        manager["InstanceMinRAM"] = Like12 ? 0 : flavors.Min(flavor => flavor.Ram);
        return manager;
    }

    private JsonObject EndpointObject()
    {
        var endpoint = Begin(EndpointId, $"Cloud computing endpoint for {EndpointId}");
        var closed = Shares.Where(share => !share.IsOpen).ToList();
        if (!Like12)
        {
            endpoint["OtherInfo"] = new JsonObject
            {
                ["generator"] = $"fedsite/{ProductInfo.Version}",
                ["gocdb"] = new JsonObject { ["state"] = "current", ["downtimes"] = "known" },
            };
            if (closed.Count > 0)
            {
                endpoint["OtherInfo"]!["failed"] = new JsonArray([.. closed.Select(share => NoToken(share.Vo))]);
            }
        }

        endpoint["Associations"] = new JsonObject { ["CloudComputingService"] = Texts(ServiceId) };
        endpoint["Capability"] = Texts();
        endpoint["QualityLevel"] = "production";
        endpoint["InterfaceName"] = "org.openstack.nova";
        endpoint["InterfaceVersion"] = "2.0";
        endpoint["HealthState"] = closed.Count > 0 ? "warning" : "ok";
        endpoint["HealthStateInfo"] =
            closed.Count > 0
                ? string.Join("; ", closed.Select(share => $"{share.Vo}: token not known: Keystone answered 401"))
                : "Endpoint functioning properly";
        endpoint["ServingState"] = "production";
        endpoint["Technology"] = "webservice";
        endpoint["Implementor"] = "OpenStack Foundation";
        endpoint["ImplementationName"] = "OpenStack Nova";
        endpoint["ImplementationVersion"] = Cloud.ComputeVersion;
        endpoint["DowntimeInfo"] = $"https://goc.egi.eu/portal/index.php?Page_Type=Downtimes_Calendar&site={Site}";
        endpoint["Semantics"] = "https://developer.openstack.org/api-ref/compute";
        endpoint[nameof(Authentication)] = Authentication;
        endpoint["IssuerCA"] = "UNKNOWN";
        endpoint["TrustedCA"] = Texts("UNKNOWN");
        endpoint["URL"] = Endpoint;
        return endpoint;
    }

    private JsonObject AccessPolicy()
    {
        var policy = Begin($"{EndpointId}_policy", name: null);
        policy["Associations"] = new JsonObject { ["CloudComputingEndpoint"] = Texts(EndpointId) };
        var rules = Shares.Select(share => $"VO:{share.Vo}");
        policy["Rule"] = Texts(Like12 ? rules : rules.Distinct());
        policy["Scheme"] = "org.glite.standard";
        return policy;
    }
}
