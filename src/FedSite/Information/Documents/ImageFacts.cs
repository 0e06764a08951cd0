using System.Text;
using System.Text.Json;
using FedSite.Information.Validation;
using FedSite.OpenStack;
using FedSite.OpenStack.Image;

namespace FedSite.Information.Documents;

/// <summary>What the properties of an image mean to the federation.</summary>
internal static class ImageFacts
{
    private const string Attributes = "APPLIANCE_ATTRIBUTES";
    private const string ImageRef = "eu.egi.cloud.image_ref";
    private const string Tag = "eu.egi.cloud.tag";
    private const int DeepestAttribute = 64;

    /// <summary>A property's text; null: it has none.</summary>
    public static string? Text(CloudImage image, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (image.Properties.TryGetValue(name, out var value) && value.TextOrNull() is { Length: > 0 } text)
                return text;
        }

        return null;
    }

    /// <summary>Its address in a marketplace or registry; null: it is the site's own.</summary>
    public static string? Marketplace(CloudImage image) => Text(image, "vmcatcher_event_ad_mpuri", "marketplace");

    /// <summary>
    /// Made of a server, by its user or by Nova when the server was shelved; a server with a volume as root leaves an
    /// image that only names the volume's snapshot.
    /// </summary>
    public static bool IsSnapshot(CloudImage image) =>
        Text(image, "image_type") is "snapshot"
        || Text(image, "image_location") is "snapshot"
        || Text(image, "block_device_mapping")?.Contains("snapshot_id", StringComparison.Ordinal) == true;

    /// <summary>Login user that the image was made for; null: not known.</summary>
    public static string? LoginUser(CloudImage image)
    {
        if (Text(image, "os_admin_user", "default_user", "image_original_user") is { } user)
            return user;
        using var attributes = ReadAttributes(image);
        return Text(attributes, "org.openstack.glance.os_admin_user");
    }

    /// <summary>Which images are versions of one another.</summary>
    public static string Line(CloudImage image)
    {
        using var attributes = ReadAttributes(image);
        return Text(attributes, ImageRef) ?? Text(attributes, "ad:base_mpuri") ?? $"{image.Owner} {image.Name}";
    }

    /// <summary>Version of an image of a registry or marketplace; null: not known.</summary>
    public static string? Version(CloudImage image)
    {
        using var attributes = ReadAttributes(image);
        return Text(attributes, Tag) ?? Text(attributes, "hv:version");
    }

    /// <summary>What whoever brought the image noted about it; null: nothing, or no JSON object.</summary>
    public static JsonDocument? ReadAttributes(CloudImage image)
    {
        // Notes of another program: whatever they are, the image itself is fine.
        return Text(image, Attributes) is { } text
            ? DocumentReader.Read(Encoding.UTF8.GetBytes(text), out _, DeepestAttribute)
            : null;
    }

    /// <summary>Consumers take it for a text: another value would cost them the whole site.</summary>
    public static bool IsStrange(JsonProperty attribute) =>
        attribute.Name is ImageRef or Tag && attribute.Value.ValueKind is not JsonValueKind.String;

    private static string? Text(JsonDocument? attributes, string name) =>
        attributes?.RootElement.TryGetProperty(name, out var value) == true ? value.TextOrNull() : null;
}
