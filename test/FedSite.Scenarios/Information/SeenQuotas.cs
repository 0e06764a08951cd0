using System.Text.Json.Nodes;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Information;

/// <summary>
/// Limits as the administrator is told them without their use; and the use, by counting what projects have.
/// </summary>
internal sealed class SeenQuotas
{
    /// <summary>In which order cloud-info-provider has them.</summary>
    private static readonly string[] ComputeNames =
    [
        "instances",
        "cores",
        "ram",
        "floating_ips",
        "fixed_ips",
        "metadata_items",
        "injected_files",
        "injected_file_content_bytes",
        "injected_file_path_bytes",
        "key_pairs",
        "security_groups",
        "security_group_rules",
        "server_groups",
        "server_group_members",
    ];

    private static readonly string[] VolumeNames =
    [
        "volumes",
        "gigabytes",
        "snapshots",
        "per_volume_gigabytes",
        "backups",
        "backup_gigabytes",
        "groups",
    ];

    /// <summary>Neutron's quotas, and where that which they count is listed.</summary>
    private static readonly Dictionary<string, (string Path, string List)> NetworkLists = new(StringComparer.Ordinal)
    {
        ["floatingip"] = ("floatingips", "floatingips"),
        ["network"] = ("networks", "networks"),
        ["port"] = ("ports", "ports"),
        ["rbac_policy"] = ("rbac-policies", "rbac_policies"),
        ["router"] = ("routers", "routers"),
        ["security_group"] = ("security-groups", "security_groups"),
        ["security_group_rule"] = ("security-group-rules", "security_group_rules"),
        ["subnet"] = ("subnets", "subnets"),
        ["subnetpool"] = ("subnetpools", "subnetpools"),
    };

    private readonly PlainApi _admin;
    private readonly Dictionary<string, List<JsonNode>> _networkThings = new(StringComparer.Ordinal);
    private List<JsonNode> _servers = [];
    private List<JsonNode> _serverGroups = [];
    private List<JsonNode> _volumes = [];
    private List<JsonNode> _snapshots = [];

    private SeenQuotas(PlainApi admin) => _admin = admin;

    public static async Task<SeenQuotas> ReadAsync(PlainApi admin)
    {
        const string everywhere = "all_tenants=1&limit=1000";
        var servers = await admin.GetAsync("compute", $"/servers/detail?{everywhere}", "2.47");
        var quotas = new SeenQuotas(admin)
        {
            _servers = [.. servers["servers"]!.AsArray().Select(server => server!)],
            _serverGroups = await SeenCloud.ListAsync(
                admin,
                "compute",
                "/os-server-groups?all_projects=True",
                "server_groups"
            ),
            _volumes = await SeenCloud.ListAsync(admin, "volumev3", $"/volumes/detail?{everywhere}", "volumes"),
            _snapshots = await SeenCloud.ListAsync(admin, "volumev3", $"/snapshots?{everywhere}", "snapshots"),
        };
        foreach (var (name, (path, list)) in NetworkLists)
        {
            quotas._networkThings[name] = await SeenCloud.ListAsync(admin, "network", $"/v2.0/{path}", list);
        }

        return quotas;
    }

    public IReadOnlyDictionary<string, int> StatesOf(string project) =>
        ServersOf(project)
            .GroupBy(server => (string)server["status"]!)
            .ToDictionary(state => state.Key, state => state.Count(), StringComparer.Ordinal);

    public async Task<IReadOnlyList<SeenQuota>> ComputeAsync(string project)
    {
        var limits = (await _admin.GetAsync("compute", $"/os-quota-sets/{project}"))["quota_set"]!.AsObject();
        Assert.Equal(ComputeNames.Order(), limits.Select(limit => limit.Key).Where(name => name != "id").Order());
        return [.. ComputeNames.Select(name => new SeenQuota(name, (long)limits[name]!, ComputeUse(project, name)))];
    }

    public async Task<IReadOnlyList<SeenQuota>> VolumeAsync(string project)
    {
        var limits = (await _admin.GetAsync("volumev3", $"/os-quota-sets/{project}"))["quota_set"]!.AsObject();
        // Those of single types of volumes stay among those who have them.
        return [.. VolumeNames.Select(name => new SeenQuota(name, (long)limits[name]!, VolumeUse(project, name)))];
    }

    public async Task<IReadOnlyList<SeenQuota>> NetworkAsync(string project)
    {
        var limits = (await _admin.GetAsync("network", $"/v2.0/quotas/{project}"))["quota"]!.AsObject();
        return
        [
            .. limits
                .OrderBy(limit => limit.Key, StringComparer.Ordinal)
                .Select(limit => new SeenQuota(
                    limit.Key,
                    (long)limit.Value!,
                    _networkThings[limit.Key].Count(thing => (string?)thing["project_id"] == project)
                )),
        ];
    }

    private IEnumerable<JsonNode> ServersOf(string project) =>
        _servers.Where(server => (string)server["tenant_id"]! == project);

    /// <summary>What is not the project's but a server's, a user's or Neutron's, Nova does not count.</summary>
    private long ComputeUse(string project, string name) =>
        name switch
        {
            "instances" => ServersOf(project).Count(),
            "cores" => ServersOf(project).Sum(server => (long)server["flavor"]!["vcpus"]!),
            "ram" => ServersOf(project).Sum(server => (long)server["flavor"]!["ram"]!),
            "server_groups" => _serverGroups.Count(group => (string?)group["project_id"] == project),
            _ => 0,
        };

    private long VolumeUse(string project, string name)
    {
        Assert.Empty(_snapshots);
        var volumes = _volumes.Where(volume => (string)volume["os-vol-tenant-attr:tenant_id"]! == project).ToList();
        return name switch
        {
            "volumes" => volumes.Count,
            "gigabytes" => volumes.Sum(volume => (long)volume["size"]!),
            _ => 0,
        };
    }
}
