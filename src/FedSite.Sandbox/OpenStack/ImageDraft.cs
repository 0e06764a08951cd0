using System.Globalization;
using System.Text.Json;
using FedSite.Sandbox.World;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Changes of an image by its keys, judged as Glance's schema judges them.</summary>
internal static class ImageDraft
{
    private static readonly string[] Visibilities = ["community", "public", "private", "shared"];
    private static readonly string[] DiskFormats =
    [
        "ami",
        "ari",
        "aki",
        "vhd",
        "vhdx",
        "vmdk",
        "raw",
        "qcow2",
        "vdi",
        "iso",
        "ploop",
    ];
    private static readonly string[] ContainerFormats =
    [
        "ami",
        "ari",
        "aki",
        "bare",
        "ovf",
        "ova",
        "docker",
        "compressed",
    ];
    private static readonly HashSet<string> ReadOnly = new(StringComparer.Ordinal)
    {
        "status",
        "size",
        "virtual_size",
        "checksum",
        "os_hash_algo",
        "os_hash_value",
        "created_at",
        "updated_at",
        "self",
        "file",
        "schema",
        "direct_url",
        "stores",
    };
    private static readonly HashSet<string> Fixed = new(StringComparer.Ordinal)
    {
        "id",
        "name",
        "visibility",
        "protected",
        "owner",
        "tags",
        "min_disk",
        "min_ram",
        "os_hidden",
        "disk_format",
        "container_format",
        "locations",
    };

    /// <summary>Keys that are no custom properties.</summary>
    public static bool IsFixed(string key) => Fixed.Contains(key) || ReadOnly.Contains(key);

    /// <exception cref="GlanceFault">400 or 403: the key or the value is not allowed.</exception>
    public static SandboxImage Set(SandboxImage image, string key, JsonElement value)
    {
        if (ReadOnly.Contains(key))
        {
            throw new GlanceFault(403, $"Attribute '{key}' is read-only.");
        }
        if (key.StartsWith("os_glance", StringComparison.Ordinal))
        {
            throw new GlanceFault(403, $"Attribute '{key}' is reserved.");
        }
        return key switch
        {
            "id" => image,
            "name" => image with { Name = Text(key, value, 255) },
            "visibility" => image with { Visibility = OneOf(key, value, Visibilities)! },
            "disk_format" => image with { DiskFormat = OneOf(key, value, DiskFormats, orNull: true) },
            "container_format" => image with { ContainerFormat = OneOf(key, value, ContainerFormats, orNull: true) },
            "owner" => image with { OwnerId = Text(key, value, 255) },
            "protected" => image with { Protected = Flag(key, value) },
            "os_hidden" => image with { Hidden = Flag(key, value) },
            "min_disk" => image with { MinDisk = Number(key, value) },
            "min_ram" => image with { MinRam = Number(key, value) },
            "tags" => image with { Tags = Texts(key, value) },
            "locations" => throw new GlanceFault(
                403,
                "It's not allowed to update locations if locations are invisible."
            ),
            _ => image with { Properties = With(image.Properties, key, Text(key, value, 65535)) },
        };
    }

    public static SandboxImage Remove(SandboxImage image, string key)
    {
        if (ReadOnly.Contains(key))
        {
            throw new GlanceFault(403, $"Attribute '{key}' is read-only.");
        }
        if (IsFixed(key))
        {
            throw new GlanceFault(403, $"Property {key} may not be removed.");
        }
        return image.Properties.ContainsKey(key)
            ? image with
            {
                Properties = image.Properties.Where(p => p.Key != key).ToDictionary(StringComparer.Ordinal),
            }
            : throw new GlanceFault(409, $"Property {key} does not exist.");
    }

    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string> before, string key, string value)
    {
        if (key.Length > 255)
        {
            throw Mismatch($"'{key}' is too long", key);
        }
        return new Dictionary<string, string>(before, StringComparer.Ordinal) { [key] = value };
    }

    private static string Text(string key, JsonElement value, int longest)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw Mismatch($"{value.GetRawText()} is not of type 'string'", key);
        }
        var text = value.GetString()!;
        return text.Length <= longest ? text : throw Mismatch("it is too long", key);
    }

    private static IReadOnlyList<string> Texts(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => Text(key, item, 255)).Distinct(StringComparer.Ordinal)]
            : throw Mismatch($"{value.GetRawText()} is not of type 'array'", key);

    private static bool Flag(string key, JsonElement value) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw Mismatch($"{value.GetRawText()} is not of type 'boolean'", key);

    private static int Number(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : throw Mismatch($"{value.GetRawText()} is not of type 'integer'", key);

    private static string? OneOf(string key, JsonElement value, string[] known, bool orNull = false)
    {
        if (orNull && value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }
        var text = Text(key, value, int.MaxValue);
        return known.Contains(text)
            ? text
            : throw Mismatch($"'{text}' is not one of ['{string.Join("', '", known)}']", key);
    }

    private static GlanceFault Mismatch(string why, string key) =>
        new(
            400,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Provided object does not match schema 'image': {why}\n\nOn instance['{key}']"
            )
        );
}
