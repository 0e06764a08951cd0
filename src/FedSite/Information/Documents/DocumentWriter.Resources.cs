using System.Text.Json;
using FedSite.OpenStack.Compute;
using FedSite.OpenStack.Image;

namespace FedSite.Information.Documents;

internal sealed partial class DocumentWriter
{
    private void WriteImages()
    {
        var hidden = like12
            ? null
            : facts.Clouds.SelectMany(cloud => cloud.HiddenImages ?? []).ToLookup(ImageFacts.Line);
        foreach (var (image, shares) in Repeated(resources.Images))
            WriteImage(image, shares, hidden);
    }

    /// <summary>Each thing once with all its shares; as 1.2 has it, share by share.</summary>
    private IEnumerable<(Resource<T> Item, IReadOnlyList<ShareFacts> Shares)> Repeated<T>(
        IReadOnlyList<Resource<T>> items
    ) =>
        like12
            ? facts.Shares.SelectMany(share =>
                items
                    .Where(item => item.Shares.Contains(share))
                    .Select(item => (item, (IReadOnlyList<ShareFacts>)[share]))
            )
            : items.Select(item => (item, item.Shares));

    private void WriteImage(
        Resource<CloudImage> resource,
        IReadOnlyList<ShareFacts> shares,
        ILookup<string, CloudImage>? hidden
    )
    {
        var image = resource.Item;
        Begin(image.Id, image.Name ?? "");
        WriteImageInfo(image, hidden?[ImageFacts.Line(image)]);
        Associations(
            ("Share", shares.Select(ShareId)),
            ("CloudComputingEndpoint", [EndpointId]),
            ("CloudComputingManager", [ManagerId])
        );
        json.WriteString(
            "MarketplaceURL",
            ImageFacts.Marketplace(image) ?? $"{resource.Cloud.ImageUrl}/v2/images/{image.Id}/file"
        );
        json.WriteString("OSPlatform", ImageFacts.Text(image, "architecture") ?? Unknown);
        json.WriteString("OSName", ImageFacts.Text(image, "os_distro") ?? Unknown);
        json.WriteString("OSVersion", ImageFacts.Text(image, "os_version") ?? Unknown);
        json.WriteString(
            "Description",
            ImageFacts.Text(image, "vmcatcher_event_dc_description", "vmcatcher_event_dc_title") ?? Unknown
        );
        json.WriteString("AccessInfo", "none");
        json.WriteEndObject();
    }

    private void WriteImageInfo(CloudImage image, IEnumerable<CloudImage>? hidden)
    {
        using var attributes = ImageFacts.ReadAttributes(image);
        var noted = attributes is null ? [] : Attributes(attributes.RootElement).ToList();
        if (noted.Count == 0 && hidden is null)
            return;
        json.WriteStartObject("OtherInfo");
        foreach (var (name, value) in noted)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }

        if (hidden is not null)
        {
            json.WriteStartObject("image");
            WriteImageDetails(image, hidden);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private IEnumerable<(string Name, JsonElement Value)> Attributes(JsonElement attributes)
    {
        var hasAddress = attributes.TryGetProperty("ad:base_mpuri", out var address);
        if (hasAddress)
            yield return ("base_mpuri", address);
        // The last one of a name counts, as everywhere; our own name is not for others.
        foreach (var attribute in attributes.EnumerateObject().GroupBy(a => a.Name).Select(group => group.Last()))
        {
            var isOurs = attribute.Name is "base_mpuri" ? hasAddress : !like12 && attribute.Name is "image";
            if (!isOurs && !ImageFacts.IsStrange(attribute))
                yield return (attribute.Name, attribute.Value);
        }
    }

    private void WriteImageDetails(CloudImage image, IEnumerable<CloudImage> hidden)
    {
        if (image.Size is { } size)
            json.WriteNumber("size", size);
        TextIfKnown("format", image.DiskFormat);
        TextIfKnown("container", image.ContainerFormat);
        json.WriteNumber("min_disk", image.MinDiskGiB);
        json.WriteNumber("min_ram", image.MinRamMiB);
        if (image.HashValue is { } hash)
            json.WriteString("checksum", $"{image.HashAlgo}:{hash}");
        TextIfKnown("created", image.Created is { } created ? Seconds(created) : null);
        TextIfKnown("updated", image.Updated is { } updated ? Seconds(updated) : null);
        json.WriteString("visibility", image.Visibility);
        TextIfKnown("login_user", ImageFacts.LoginUser(image));
        var versions = hidden.OrderByDescending(version => version.Created).ToList();
        if (versions.Count == 0)
            return;
        json.WriteStartArray("hidden_versions");
        foreach (var version in versions)
        {
            json.WriteStartObject();
            json.WriteString("id", version.Id);
            TextIfKnown("name", version.Name);
            TextIfKnown("version", ImageFacts.Version(version));
            TextIfKnown("created", version.Created is { } since ? Seconds(since) : null);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteInstanceTypes()
    {
        foreach (var (flavor, shares) in Repeated(resources.Flavors))
            WriteInstanceType(flavor.Item, shares);
    }

    private void WriteInstanceType(ListedFlavor flavor, IReadOnlyList<ShareFacts> shares)
    {
        Begin(flavor.Id, flavor.Name);
        if (!like12)
        {
            json.WriteStartObject("OtherInfo");
            json.WriteNumber("swap", flavor.SwapMiB);
            json.WriteBoolean("public", flavor.IsPublic);
            json.WriteEndObject();
        }

        json.WriteStartObject("Associations");
        Texts("Share", shares.Select(ShareId));
        Texts("CloudComputingEndpoint", [EndpointId]);
        Texts("CloudComputingManager", [ManagerId]);
        if (FlavorFacts.HasAccelerator(flavor))
            Texts("CloudComputingVirtualAccelerator", [AcceleratorId(flavor)]);
        json.WriteEndObject();
        json.WriteString("Platform", like12 ? "amd64" : FlavorFacts.Platform(flavor));
        json.WriteNumber("CPU", flavor.Vcpus);
        json.WriteNumber("RAM", flavor.RamMiB);
        json.WriteNumber("Disk", flavor.DiskGiB);
        json.WriteString("NetworkIn", Unknown);
        json.WriteBoolean("NetworkOut", value: true);
        if (!like12)
        {
            if (FlavorFacts.HasInfiniband(flavor))
                json.WriteString("NetworkInfo", "infiniband");
            json.WriteNumber("EphemeralStorage", flavor.EphemeralGiB);
        }

        json.WriteEndObject();
    }

    private static string AcceleratorId(ListedFlavor flavor) => $"{flavor.Id}_gpu";

    private void WriteAccelerators()
    {
        foreach (var (flavor, shares) in Repeated(resources.Flavors))
        {
            if (FlavorFacts.HasAccelerator(flavor.Item))
                WriteAccelerator(flavor.Item, shares);
        }
    }

    private void WriteAccelerator(ListedFlavor flavor, IReadOnlyList<ShareFacts> shares)
    {
        Begin(AcceleratorId(flavor), $"{flavor.Name}_gpu");
        if (like12)
            Associations(("CloudComputingInstanceType", [flavor.Id]));
        else
            Associations(("CloudComputingInstanceType", [flavor.Id]), ("Share", shares.Select(ShareId)));
        json.WriteString("Type", like12 ? "GPU" : FlavorFacts.Spec(flavor, "Accelerator:Type") ?? "GPU");
        // Without trailing zeros: 1.0 is the integer that old readers want.
        json.WriteNumber("Number", Plain(FlavorFacts.Number(flavor, "Accelerator:Number") ?? 0));
        json.WriteString("Vendor", FlavorFacts.Spec(flavor, "Accelerator:Vendor") ?? Unknown);
        json.WriteString("Model", FlavorFacts.Spec(flavor, "Accelerator:Model") ?? Unknown);
        Texts("ComputeCapability", []);
        if (!like12)
        {
            if (FlavorFacts.Number(flavor, "Accelerator:Memory") is { } memory)
                json.WriteNumber("Memory", Plain(memory));
            TextIfKnown("VirtualizationType", FlavorFacts.Spec(flavor, "Accelerator:VirtualizationType"));
            TextIfKnown("Version", FlavorFacts.Spec(flavor, "Accelerator:Version"));
        }

        json.WriteEndObject();
    }

    private static decimal Plain(decimal number) => number / 1.000_000_000_000_000_000_000_000_000_000_000m;
}
