using System.Globalization;
using System.Text.Json.Nodes;

namespace FedSite.Scenarios.Information;

internal sealed partial record ExpectedDocument
{
    private const string Unknown = "UNKNOWN";

    private JsonArray Images() =>
        Repeated(
            Cloud.Images.Where(image => WithSnapshots || !image.IsSnapshot),
            image => (image.Name, image.Id),
            (image, project) =>
                image.IsFor(project) && (WithImagesOfOthers || image.IsPublic || image.Text("owner") == project.Id),
            Image
        );

    private JsonArray InstanceTypes() =>
        Repeated(
            Cloud.Flavors,
            flavor => (flavor.Name, flavor.Id),
            (flavor, project) => flavor.IsFor(project),
            InstanceType
        );

    private JsonArray Accelerators() =>
        Repeated(
            Cloud.Flavors.Where(flavor => flavor.Spec("Accelerator:Number") is not null),
            flavor => (flavor.Name, flavor.Id),
            (flavor, project) => flavor.IsFor(project),
            Accelerator
        );

    /// <summary>By name: each thing once with all its shares, or as 1.2 has it share by share.</summary>
    private JsonArray Repeated<T>(
        IEnumerable<T> things,
        Func<T, (string Name, string Id)> key,
        Func<T, SeenProject, bool> isFor,
        Func<T, IReadOnlyList<ExpectedShare>, JsonObject> make
    )
    {
        var sorted = things
            .OrderBy(thing => key(thing).Name, StringComparer.Ordinal)
            .ThenBy(thing => key(thing).Id, StringComparer.Ordinal)
            .ToList();
        var pairs = Like12
            ? OpenShares.SelectMany(share =>
                sorted.Where(thing => isFor(thing, share.Project)).Select(thing => make(thing, [share]))
            )
            : sorted
                .Select(thing => (thing, shares: OpenShares.Where(share => isFor(thing, share.Project)).ToList()))
                .Where(pair => pair.shares.Count > 0)
                .Select(pair => make(pair.thing, pair.shares));
        return new JsonArray([.. pairs]);
    }

    private JsonObject AtShares(IReadOnlyList<ExpectedShare> shares) =>
        new()
        {
            ["Share"] = Texts(shares.Select(IdOf)),
            ["CloudComputingEndpoint"] = Texts(EndpointId),
            ["CloudComputingManager"] = Texts(ManagerId),
        };

    private JsonObject Image(SeenImage image, IReadOnlyList<ExpectedShare> shares)
    {
        var item = Begin(image.Id, image.Name);
        var about = new JsonObject();
        Add(about, "base_mpuri", image.Attributes?["ad:base_mpuri"]?.DeepClone());
        foreach (var (name, value) in image.Attributes ?? [])
        {
            about[name] = value?.DeepClone();
        }

        Add(about, "image", Like12 ? null : Details(image));
        Add(item, "OtherInfo", about.Count > 0 ? about : null);
        item["Associations"] = AtShares(shares);
        item["MarketplaceURL"] =
            image.Text("vmcatcher_event_ad_mpuri")
            ?? image.Text("marketplace")
            ?? $"{ImageUrl}/v2/images/{image.Id}/file";
        item["OSPlatform"] = image.Text("architecture") ?? Unknown;
        item["OSName"] = image.Text("os_distro") ?? Unknown;
        item["OSVersion"] = image.Text("os_version") ?? Unknown;
        item["Description"] =
            image.Text("vmcatcher_event_dc_description") ?? image.Text("vmcatcher_event_dc_title") ?? Unknown;
        item["AccessInfo"] = "none";
        return item;
    }

    private JsonObject Details(SeenImage image)
    {
        var details = new JsonObject
        {
            ["size"] = (long)image.Json["size"]!,
            ["format"] = image.Text("disk_format"),
            ["container"] = image.Text("container_format"),
            ["min_disk"] = (long)image.Json["min_disk"]!,
            ["min_ram"] = (long)image.Json["min_ram"]!,
            ["checksum"] = $"{image.Text("os_hash_algo")}:{image.Text("os_hash_value")}",
            ["created"] = image.Text("created_at"),
            ["updated"] = image.Text("updated_at"),
            ["visibility"] = image.Text("visibility"),
        };
        Add(details, "login_user", image.Text("os_admin_user"));
        const string reference = "eu.egi.cloud.image_ref";
        var line = (string?)image.Attributes?[reference];
        var before = Cloud
            .Images.Where(other => line is not null && other is { IsHidden: true, IsActive: true, IsPublic: true })
            .Where(other => (string?)other.Attributes?[reference] == line)
            .OrderByDescending(other => other.Text("created_at"), StringComparer.Ordinal)
            .Select(other => new JsonObject
            {
                ["id"] = other.Id,
                ["name"] = other.Name,
                ["version"] = (string?)other.Attributes!["eu.egi.cloud.tag"],
                ["created"] = other.Text("created_at"),
            })
            .ToList();
        Add(details, "hidden_versions", before.Count > 0 ? new JsonArray([.. before]) : null);
        return details;
    }

    private JsonObject InstanceType(SeenFlavor flavor, IReadOnlyList<ExpectedShare> shares)
    {
        var item = Begin(flavor.Id, flavor.Name);
        if (!Like12)
        {
            // No swap is written as the empty text.
            var swap = flavor.Json["swap"]!.ToString() is { Length: > 0 } text ? Number(text) : 0;
            item["OtherInfo"] = new JsonObject { ["swap"] = swap, ["public"] = flavor.IsPublic };
        }

        var at = AtShares(shares);
        if (flavor.Spec("Accelerator:Number") is not null)
        {
            at["CloudComputingVirtualAccelerator"] = Texts($"{flavor.Id}_gpu");
        }

        item["Associations"] = at;
        item["Platform"] = !Like12 && flavor.Spec("trait:HW_ARCH_AARCH64") == "required" ? "arm64" : "amd64";
        item["CPU"] = flavor.Vcpus;
        item["RAM"] = flavor.Ram;
        item["Disk"] = (long)flavor.Json["disk"]!;
        item["NetworkIn"] = Unknown;
        item["NetworkOut"] = true;
        if (!Like12)
        {
            Add(item, "NetworkInfo", flavor.Spec("infiniband") == "true" ? "infiniband" : null);
            item["EphemeralStorage"] = (long)flavor.Json["OS-FLV-EXT-DATA:ephemeral"]!;
        }

        return item;
    }

    private JsonObject Accelerator(SeenFlavor flavor, IReadOnlyList<ExpectedShare> shares)
    {
        var item = Begin($"{flavor.Id}_gpu", $"{flavor.Name}_gpu");
        item["Associations"] = new JsonObject { ["CloudComputingInstanceType"] = Texts(flavor.Id) };
        if (!Like12)
        {
            item["Associations"]!["Share"] = Texts(shares.Select(IdOf));
        }

        item["Type"] = Like12 ? "GPU" : flavor.Spec("Accelerator:Type") ?? "GPU";
        item["Number"] = Number(flavor.Spec("Accelerator:Number")!);
        item["Vendor"] = flavor.Spec("Accelerator:Vendor") ?? Unknown;
        item["Model"] = flavor.Spec("Accelerator:Model") ?? Unknown;
        item["ComputeCapability"] = Texts();
        if (!Like12)
        {
            Add(item, "Memory", flavor.Spec("Accelerator:Memory") is { } memory ? Number(memory) : null);
            Add(item, "VirtualizationType", flavor.Spec("Accelerator:VirtualizationType"));
            Add(item, "Version", flavor.Spec("Accelerator:Version"));
        }

        return item;
    }

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
