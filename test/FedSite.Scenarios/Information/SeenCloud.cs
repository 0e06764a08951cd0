using System.Text.Json.Nodes;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Information;

/// <summary>
/// What the real cloud has, by the answers of its services to the administrator: other calls than the product makes, and
/// none of its code.
/// </summary>
internal sealed class SeenCloud
{
    // Keystone turns `:` into `_` in properties that come with the creation of a project.
    private static readonly string[] VoProperties = ["egi.VO", "egi.eu:VO", "egi.eu_VO", "accounting:VO", "VO"];

    private SeenCloud(string region) => Region = region;

    public string Region { get; }
    public required string ComputeVersion { get; init; }

    /// <summary>By key of the cloud's description.</summary>
    public required IReadOnlyDictionary<string, SeenProject> Projects { get; init; }
    public required IReadOnlyList<SeenFlavor> Flavors { get; init; }
    public required IReadOnlyList<SeenImage> Images { get; init; }

    /// <summary>Name and id of those that lead out of the cloud.</summary>
    public required IReadOnlyList<(string Name, string Id)> ExternalNetworks { get; init; }

    /// <summary>Names of those that everybody may have.</summary>
    public required IReadOnlyList<string> VolumeTypes { get; init; }

    /// <summary>Ids of the projects in which a user has a role.</summary>
    private ILookup<string, string> Assignments { get; init; } = null!;

    public static async Task<SeenCloud> ReadAsync(TestCloud cloud)
    {
        using var admin = await PlainApi.LoginToProjectAsync(cloud, "admin", "");
        var versions = await admin.GetAsync("compute", "/../");
        var networks = await ListAsync(admin, "network", "/v2.0/networks", "networks");
        var types = await ListAsync(admin, "volumev3", "/types?is_public=None", "volume_types");
        var assignments = await ListAsync(admin, "identity", "/role_assignments", "role_assignments");
        return new SeenCloud(cloud.Region)
        {
            ComputeVersion = (string)versions["versions"]!.AsArray().Last()!["version"]!,
            Projects = await ReadProjectsAsync(cloud, admin),
            Flavors = await ReadFlavorsAsync(admin),
            Images = await ReadImagesAsync(admin),
            ExternalNetworks =
            [
                .. networks
                    .Where(network => (bool)network["router:external"]!)
                    .Select(network => ((string)network["name"]!, (string)network["id"]!)),
            ],
            VolumeTypes =
            [
                .. types
                    .Where(type => (bool)type["os-volume-type-access:is_public"]!)
                    .Select(type => (string)type["name"]!)
                    .Order(StringComparer.Ordinal),
            ],
            Assignments = assignments
                .Where(given => given["user"] is not null && given["scope"]!["project"] is not null)
                .ToLookup(
                    given => (string)given["user"]!["id"]!,
                    given => (string)given["scope"]!["project"]!["id"]!,
                    StringComparer.Ordinal
                ),
        };
    }

    /// <summary>Shares of all VOs that a property names, as far as an account has a role there.</summary>
    public IReadOnlyList<ExpectedShare> SharesOf(SeededAccount account) =>
        [
            .. Projects
                .Values.Where(project => project.Enabled && Assignments[account.Id].Contains(project.Id))
                .OrderBy(project => project.Name, StringComparer.Ordinal)
                .SelectMany(project => project.Vos.Select(vo => new ExpectedShare(vo, project))),
        ];

    internal static async Task<List<JsonNode>> ListAsync(PlainApi api, string service, string path, string name) =>
        [.. (await api.GetAsync(service, path))[name]!.AsArray().Select(item => item!)];

    private static async Task<Dictionary<string, SeenProject>> ReadProjectsAsync(TestCloud cloud, PlainApi admin)
    {
        var quotas = await SeenQuotas.ReadAsync(admin);
        var known = await ListAsync(admin, "identity", "/projects", "projects");
        var domains = (await ListAsync(admin, "identity", "/domains", "domains")).ToDictionary(
            domain => (string)domain["id"]!,
            domain => (string)domain["name"]!,
            StringComparer.Ordinal
        );
        var projects = new Dictionary<string, SeenProject>(StringComparer.Ordinal);
        foreach (var (key, seeded) in cloud.Projects)
        {
            var project = known.Single(project => (string)project["id"]! == seeded.Id);
            projects[key] = new SeenProject
            {
                Id = seeded.Id,
                Name = (string)project["name"]!,
                Domain = domains[(string)project["domain_id"]!],
                Enabled = (bool)project["enabled"]!,
                Vos = VosOf(project.AsObject()),
                States = quotas.StatesOf(seeded.Id),
                Compute = await quotas.ComputeAsync(seeded.Id),
                Volume = await quotas.VolumeAsync(seeded.Id),
                Network = await quotas.NetworkAsync(seeded.Id),
            };
        }

        return projects;
    }

    private static List<string> VosOf(JsonObject project) =>
        VoProperties.FirstOrDefault(project.ContainsKey) is not { } property ? []
        : project[property] is JsonArray several ? [.. several.Select(vo => (string)vo!)]
        : [(string)project[property]!];

    private static async Task<List<SeenFlavor>> ReadFlavorsAsync(PlainApi admin)
    {
        var flavors = new List<SeenFlavor>();
        foreach (var flavor in await ListAsync(admin, "compute", "/flavors/detail?is_public=None", "flavors"))
        {
            var id = (string)flavor["id"]!;
            var isPublic = (bool)flavor["os-flavor-access:is_public"]!;
            var specs = await admin.GetAsync("compute", $"/flavors/{id}/os-extra_specs");
            var access = isPublic
                ? []
                : await ListAsync(admin, "compute", $"/flavors/{id}/os-flavor-access", "flavor_access");
            flavors.Add(
                new SeenFlavor(
                    flavor,
                    isPublic,
                    [.. access.Select(one => (string)one["tenant_id"]!)],
                    specs["extra_specs"]!.AsObject()
                )
            );
        }

        return flavors;
    }

    private static async Task<List<SeenImage>> ReadImagesAsync(PlainApi admin)
    {
        var images = new List<SeenImage>();
        foreach (var which in (string[])["", "&visibility=community", "&os_hidden=true"])
        {
            foreach (var image in await ListAsync(admin, "image", $"/v2/images?limit=500{which}", "images"))
            {
                var members =
                    (string)image["visibility"]! == "shared"
                        ? await ListAsync(admin, "image", $"/v2/images/{(string)image["id"]!}/members", "members")
                        : [];
                images.Add(
                    new SeenImage(
                        image,
                        [
                            .. members
                                .Where(member => (string)member["status"]! == "accepted")
                                .Select(member => (string)member["member_id"]!),
                        ]
                    )
                );
            }
        }

        return images;
    }
}

/// <summary>A project, its servers by status, and its quotas: name, then limit and use.</summary>
internal sealed record SeenProject
{
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>Name of its domain.</summary>
    public required string Domain { get; init; }
    public required bool Enabled { get; init; }
    public required IReadOnlyList<string> Vos { get; init; }
    public required IReadOnlyDictionary<string, int> States { get; init; }
    public required IReadOnlyList<SeenQuota> Compute { get; init; }
    public required IReadOnlyList<SeenQuota> Volume { get; init; }
    public required IReadOnlyList<SeenQuota> Network { get; init; }
}

internal sealed record SeenQuota(string Name, long Limit, long Used);

/// <param name="Json">As Nova lists it.</param>
/// <param name="Access">Ids of the projects that have it when it is not public.</param>
internal sealed record SeenFlavor(JsonNode Json, bool IsPublic, IReadOnlyList<string> Access, JsonObject Specs)
{
    public string Id => (string)Json["id"]!;
    public string Name => (string)Json["name"]!;
    public long Vcpus => (long)Json["vcpus"]!;
    public long Ram => (long)Json["ram"]!;

    public bool IsFor(SeenProject project) => IsPublic || Access.Contains(project.Id);

    public string? Spec(string name) => (string?)Specs[name];
}

/// <param name="Json">As Glance lists it.</param>
/// <param name="Members">Ids of the projects that accepted it.</param>
internal sealed record SeenImage(JsonNode Json, IReadOnlyList<string> Members)
{
    public string Id => (string)Json["id"]!;
    public string Name => (string)Json["name"]!;
    public bool IsHidden => (bool)Json["os_hidden"]!;
    public bool IsActive => (string)Json["status"]! == "active";
    public bool IsPublic => (string)Json["visibility"]! == "public";
    public bool IsSnapshot => Text("image_type") == "snapshot";

    public bool IsFor(SeenProject project) =>
        IsActive && !IsHidden && (IsPublic || Text("owner") == project.Id || Members.Contains(project.Id));

    public string? Text(string property) => (string?)Json[property];

    /// <summary>Of <c>APPLIANCE_ATTRIBUTES</c>; null: there are none that can be read.</summary>
    public JsonObject? Attributes =>
        Text("APPLIANCE_ATTRIBUTES") is ['{', ..] text ? (JsonObject)JsonNode.Parse(text)! : null;
}
