using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace FedSite.Tests.Information;

/// <summary>Documents in the form that cloud-info-provider gave them, made up by hand.</summary>
internal sealed record SomeSite(params SomeShare[] Shares)
{
    public static readonly DateTimeOffset Made = new(2026, 11, 2, 8, 4, 11, TimeSpan.Zero);

    public static SomeSite Ordinary { get; } =
        new(
            new SomeShare("vo.example.eu", "5d0c41f6e1b3477f8e9f0a1b2c3d4e5f")
            {
                Images = [SomeImage.Debian, SomeImage.Own],
                Flavors = [SomeFlavor.Small, SomeFlavor.Gpu],
            },
            new SomeShare("ops", "0f0e0d0c0b0a09080706050403020100")
            {
                Images = [SomeImage.Debian],
                Flavors = [SomeFlavor.Small],
            }
        );

    public string Name { get; init; } = "EXAMPLE-SITE";
    public string? GocdbId { get; init; } = "15123G0";
    public string Endpoint { get; init; } = "https://keystone.cloud.example.org:5000/v3";

    /// <summary>Once for each share, as the provider does; else once with all shares.</summary>
    public bool Repeats { get; init; }

    public string EndpointId => $"{Endpoint}_OpenStack_v3";

    public string IdOf(SomeShare share) => $"{EndpointId}_share_{share.Vo}_{share.Project}";

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(ToJson().ToJsonString() + "\n");

    public JsonObject ToJson() =>
        new()
        {
            ["CloudComputingService"] = new JsonArray(Service()),
            ["CloudComputingManager"] = new JsonArray(
                With(
                    Head($"{Endpoint}_cloud.compute_manager", name: null),
                    Associations(("CloudComputingService", [ServiceId]))
                )
            ),
            ["CloudComputingEndpoint"] = new JsonArray(EndpointObject()),
            ["CloudComputingImage"] = Offers(
                share => share.Images,
                image => image.Id,
                (image, shares) => image.ToJson(Parents(shares), Head(image.Id, image.Name))
            ),
            ["CloudComputingInstanceType"] = Offers(
                share => share.Flavors,
                flavor => flavor.Id,
                (flavor, shares) => flavor.ToJson(Parents(shares), Head(flavor.Id, flavor.Name))
            ),
            ["CloudComputingVirtualAccelerator"] = Offers(
                share => share.Flavors.Where(flavor => flavor.Accelerators is not null),
                flavor => flavor.Id,
                (flavor, _) => flavor.Accelerator(Head($"{flavor.Id}_gpu", $"{flavor.Name}_gpu"))
            ),
            ["Share"] = new JsonArray([
                .. Shares.Select(share => share.ToJson(Head(IdOf(share), share.Name), Links())),
            ]),
            ["MappingPolicy"] = new JsonArray([.. Shares.Select(Policy)]),
            ["AccessPolicy"] = new JsonArray(
                With(
                    Head($"{EndpointId}_policy", name: null),
                    Associations(("CloudComputingEndpoint", [EndpointId])),
                    [
                        ("Rule", new JsonArray([.. Shares.Select(s => (JsonNode)$"VO:{s.Vo}")])),
                        ("Scheme", "org.glite.standard"),
                    ]
                )
            ),
        };

    private string ServiceId => $"{Endpoint}_cloud.compute";

    private JsonObject Service()
    {
        var service = Head(ServiceId, $"Cloud Compute service at {Name}");
        if (GocdbId is not null)
            service["OtherInfo"] = new JsonObject { ["gocdb_id"] = GocdbId, ["site_name"] = Name };
        return With(
            service,
            Associations(("AdminDomain", [Name])),
            [
                ("Type", "org.cloud.iaas"),
                ("QualityLevel", "production"),
                ("StatusInfo", $"https://argo.egi.eu/egi/report-status/Critical/SITES/{Name}"),
                ("ServiceAUP", "http://go.egi.eu/aup"),
                ("Complexity", $"endpointType=1,share={Shares.Length}"),
                ("Capability", new JsonArray("executionmanagement.dynamicvmdeploy", "security.accounting")),
                ("TotalVM", 3),
                ("RunningVM", 2),
                ("SuspendedVM", 0),
                ("HaltedVM", 1),
            ]
        );
    }

    private JsonObject EndpointObject() =>
        With(
            Head(EndpointId, $"Cloud computing endpoint for {EndpointId}"),
            Associations(("CloudComputingService", [ServiceId])),
            [
                ("Capability", new JsonArray()),
                ("QualityLevel", "production"),
                ("InterfaceName", "org.openstack.nova"),
                ("InterfaceVersion", "2.0"),
                ("HealthState", "ok"),
                ("HealthStateInfo", "Endpoint functioning properly"),
                ("ServingState", "production"),
                ("Technology", "webservice"),
                ("Implementor", "OpenStack Foundation"),
                ("ImplementationName", "OpenStack Nova"),
                ("ImplementationVersion", "2.96"),
                ("DowntimeInfo", $"https://goc.egi.eu/portal/index.php?Page_Type=Downtimes_Calendar&site={Name}"),
                ("Semantics", "https://developer.openstack.org/api-ref/compute"),
                ("Authentication", "v3oidcaccesstoken"),
                ("IssuerCA", "/C=GR/O=Hellenic Example CA/CN=Example TLS CA 3"),
                ("TrustedCA", new JsonArray()),
                ("URL", Endpoint),
            ]
        );

    private JsonNode Policy(SomeShare share) =>
        With(
            Head($"{IdOf(share)}_Policy", name: null),
            Associations(("Share", [IdOf(share)]), ("PolicyUserDomain", [share.Vo])),
            [("Rule", new JsonArray($"VO:{share.Vo}")), ("Scheme", "org.glite.standard")]
        );

    private JsonArray Offers<T>(
        Func<SomeShare, IEnumerable<T>> of,
        Func<T, string> id,
        Func<T, string[], JsonNode> toJson
    )
    {
        var offers = Shares.SelectMany(share => of(share).Select(offer => (Share: IdOf(share), Offer: offer)));
        return new JsonArray([
            .. Repeats
                ? offers.Select(one => toJson(one.Offer, [one.Share]))
                : offers
                    .GroupBy(one => id(one.Offer))
                    .Select(group => toJson(group.First().Offer, [.. group.Select(one => one.Share)])),
        ]);
    }

    private JsonObject Parents(string[] shares) =>
        Associations(
            ("Share", shares),
            ("CloudComputingEndpoint", [EndpointId]),
            ("CloudComputingManager", [$"{Endpoint}_cloud.compute_manager"])
        );

    private JsonObject Links() =>
        Associations(("CloudComputingService", [ServiceId]), ("CloudComputingEndpoint", [EndpointId]));

    private static JsonObject Associations(params (string Name, string[] Ids)[] all)
    {
        var associations = new JsonObject();
        foreach (var (name, ids) in all)
            associations[name] = new JsonArray([.. ids.Select(id => (JsonNode)id)]);
        return associations;
    }

    private static JsonObject Head(string id, string? name)
    {
        var head = new JsonObject
        {
            ["ID"] = id,
            ["Validity"] = 43200,
            ["CreationTime"] = Made.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture),
        };
        if (name is not null)
            head[nameof(Name)] = name;
        return head;
    }

    internal static JsonObject With(
        JsonObject item,
        JsonObject associations,
        params (string Name, JsonNode Value)[] members
    )
    {
        item["Associations"] = associations;
        foreach (var (name, value) in members)
            item[name] = value;
        return item;
    }
}

/// <summary>What a VO has at the site.</summary>
internal sealed record SomeShare(string Vo, string Project)
{
    public SomeImage[] Images { get; init; } = [];
    public SomeFlavor[] Flavors { get; init; } = [];

    /// <summary>Parts that could not be read. Null: nothing is said of it, as by the provider.</summary>
    public string[]? Failed { get; init; }

    public string Name => $"{Vo} - {Project} share";

    public JsonNode ToJson(JsonObject head, JsonObject links)
    {
        var other = new JsonObject
        {
            ["project_name"] = Vo.Replace('.', '-'),
            ["project_domain_name"] = "egi.eu",
            ["quotas"] = new JsonObject
            {
                ["instances"] = 20,
                ["cores"] = 64,
                ["floating_ips"] = -1,
            },
        };
        if (Failed is not null)
            other["health"] = Health(Failed);
        head["OtherInfo"] = other;
        return SomeSite.With(
            head,
            links,
            [
                ("InstanceMaxCPU", 8),
                ("InstanceMaxRAM", 32768),
                ("TotalVM", 3),
                ("RunningVM", 2),
                ("SuspendedVM", 0),
                ("HaltedVM", 1),
                ("MaxVM", 20),
                ("ProjectID", Project),
            ]
        );
    }

    private static JsonObject Health(string[] failed)
    {
        if (failed.Length == 0)
            return new JsonObject { ["state"] = "ok" };
        return new JsonObject
        {
            ["state"] = failed.Contains("token") ? "critical" : "warning",
            ["failed"] = new JsonArray([
                .. failed.Select(part => new JsonObject { ["part"] = part, ["info"] = "It answered 503" }),
            ]),
        };
    }
}

/// <summary>An image.</summary>
internal sealed record SomeImage(string Id, string Name)
{
    public static SomeImage Debian { get; } =
        new("8f2b7a2e-4d39-4f0e-9a52-6d5b8cf00a11", "registry.egi.eu egi_vm_images/debian:12")
        {
            Reference = "egi_vm_images/debian:12",
            Tag = "2026-10-01-1a2b3c4d",
        };

    public static SomeImage Own { get; } = new("11111111-4d39-4f0e-9a52-6d5b8cf00a11", "Fedora von hier");

    /// <summary>Of an image out of EGI's registry.</summary>
    public string? Reference { get; init; }

    public string? Tag { get; init; }

    public JsonNode ToJson(JsonObject parents, JsonObject head)
    {
        if (Reference is not null)
            head["OtherInfo"] = new JsonObject { ["eu.egi.cloud.tag"] = Tag, ["eu.egi.cloud.image_ref"] = Reference };
        return SomeSite.With(
            head,
            parents,
            [
                (
                    "MarketplaceURL",
                    Reference is null
                        ? $"https://glance.example.org/v2/images/{Id}/file"
                        : $"registry.egi.eu/{Reference}-sha256:0f3c"
                ),
                ("OSPlatform", "x86_64"),
                ("OSName", "UNKNOWN"),
                ("OSVersion", "UNKNOWN"),
                ("Description", "UNKNOWN"),
                ("AccessInfo", "none"),
            ]
        );
    }
}

/// <summary>A flavor.</summary>
internal sealed record SomeFlavor(string Id, string Name)
{
    public static SomeFlavor Small { get; } = new("s1", "small");
    public static SomeFlavor Gpu { get; } = new("g1", "gpu.small") { Accelerators = 1 };

    public double? Accelerators { get; init; }
    public string Platform { get; init; } = "amd64";

    public JsonNode ToJson(JsonObject parents, JsonObject head)
    {
        if (Accelerators is not null)
            parents["CloudComputingVirtualAccelerator"] = new JsonArray($"{Id}_gpu");
        return SomeSite.With(
            head,
            parents,
            [
                ("Platform", Platform),
                ("CPU", 8),
                ("RAM", 32768),
                ("Disk", 40),
                ("NetworkIn", "UNKNOWN"),
                ("NetworkOut", true),
            ]
        );
    }

    public JsonNode Accelerator(JsonObject head) =>
        SomeSite.With(
            head,
            new JsonObject { ["CloudComputingInstanceType"] = new JsonArray(Id) },
            [
                ("Type", "GPU"),
                ("Number", Accelerators!.Value),
                ("Vendor", "NVIDIA"),
                ("Model", "Tesla A100"),
                ("ComputeCapability", new JsonArray()),
            ]
        );
}
