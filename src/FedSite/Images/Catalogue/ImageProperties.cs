using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FedSite.Images.Sources;

namespace FedSite.Images.Catalogue;

/// <summary>
/// What an image says about itself in Glance: what FedSite needs, what today's readers look for, and of the publisher's own
/// words only what can do no harm.
/// </summary>
internal static partial class ImageProperties
{
    private const string Glance = "org.openstack.glance.";

    /// <summary>A property takes 65535 bytes.</summary>
    private const int MaxAttributes = 60_000;

    /// <summary>
    /// How a guest is presented to itself. Not here, on purpose: what makes hosts do something (<c>trait:*</c>,
    /// <c>img_*</c>, <c>hw_cpu_*</c>, <c>hw_numa_*</c>, <c>hw_watchdog_action</c>, <c>os_shutdown_timeout</c>).
    /// </summary>
    private static readonly HashSet<string> Allowed = new(StringComparer.Ordinal)
    {
        "architecture",
        "hw_disk_bus",
        "hw_firmware_type",
        "hw_machine_type",
        "hw_qemu_guest_agent",
        "hw_rng_model",
        "hw_scsi_model",
        "hw_video_model",
        "hw_vif_model",
        "os_admin_user",
        "os_distro",
        "os_require_quiesce",
        "os_secure_boot",
        "os_type",
        "os_version",
    };

    /// <summary>All but those that are known only after the transfer. In the order of their names.</summary>
    public static SortedDictionary<string, string> Of(ImageOffer offer, string site)
    {
        var reference = $"{offer.Slot}-{offer.Manifest}";
        var properties = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [ImageKeys.Site] = site,
            [ImageKeys.Slot] = offer.Slot,
            [ImageKeys.Source] = offer.Source,
            [ImageKeys.Manifest] = offer.Manifest,
            [ImageKeys.Content] = offer.Content,
            ["appdb_id"] = reference,
            ["vmcatcher_event_ad_mpuri"] = reference,
            ["vmcatcher_event_dc_description"] = Description(offer),
            ["image_hash"] = offer.Content,
            ["image_list"] = offer.Source,
            ["project"] = offer.Project,
            ["APPLIANCE_ATTRIBUTES"] = Attributes(offer),
        };
        if (offer.Created is { } created)
            properties[ImageKeys.Created] = Iso(created);
        if (ArchitectureOf(offer.Architecture) is { } architecture)
            properties["architecture"] = architecture;
        foreach (var (key, value) in offer.Annotations)
        {
            if (
                key.StartsWith(Glance, StringComparison.Ordinal)
                && key[Glance.Length..] is var name
                && Allowed.Contains(name)
                && Word().IsMatch(value)
            )
                properties[name] = value;
        }

        return properties;
    }

    /// <summary>As users know it from the tools before: <c>HOST PROJECT/REPOSITORY:TAG</c>.</summary>
    public static string NameOf(ImageOffer offer)
    {
        var name = $"{offer.Registry} {offer.Slot[(offer.Registry.Length + 1)..]}";
        return name.Length <= 255 ? name : name[..255];
    }

    /// <summary>MiB that a server needs, by the publisher; 0: not said.</summary>
    public static long MinRamMiB(ImageOffer offer) =>
        offer.Annotations.TryGetValue($"{Glance}min_ram", out var text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    /// <summary>GiB that a server's disk needs: what the image becomes, or more if the publisher says so.</summary>
    public static long MinDiskGiB(ImageOffer offer, long virtualSize)
    {
        var needed = (virtualSize + (1L << 30) - 1) >> 30;
        return
            offer.Annotations.TryGetValue($"{Glance}min_disk", out var text)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? Math.Max(needed, number)
            : needed;
    }

    public static string Iso(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Description(ImageOffer offer) =>
        offer.Annotations.GetValueOrDefault("eu.egi.cloud.description")
        ?? offer.Annotations.GetValueOrDefault("org.opencontainers.image.description")
        ?? $"{offer.Repository}:{offer.Tag}";

    /// <summary>As Glance and Nova call what OCI calls <c>amd64</c> and <c>arm64</c>.</summary>
    private static string? ArchitectureOf(string? architecture) =>
        architecture switch
        {
            "amd64" => "x86_64",
            "arm64" => "aarch64",
            { Length: > 0 } other when Word().IsMatch(other) => other,
            _ => null,
        };

    private static string Attributes(ImageOffer offer)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (key, value) in offer.Annotations.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                if (buffer.Length + json.BytesPending + key.Length + (6 * value.Length) < MaxAttributes)
                    json.WriteString(key, value);
            }

            if (!offer.Annotations.ContainsKey("eu.egi.cloud.image_ref"))
                json.WriteString("eu.egi.cloud.image_ref", $"{offer.Repository}:{offer.Tag}");
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9 ._+:/-]{0,254}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();
}
