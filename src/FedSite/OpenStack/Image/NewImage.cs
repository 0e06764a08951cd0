using System.Text.Json;

namespace FedSite.OpenStack.Image;

/// <summary>What an image is before it has content.</summary>
public sealed record NewImage
{
    /// <summary>A UUID that the caller chooses. Glance takes each one once, also after the image was deleted.</summary>
    public required string Id { get; init; }

    /// <summary>At most 255 characters.</summary>
    public required string Name { get; init; }

    /// <summary>For instance <c>qcow2</c>, <c>raw</c>; can be changed as long as the image has no content.</summary>
    public required string DiskFormat { get; init; }

    public string ContainerFormat { get; init; } = "bare";

    /// <summary><c>private</c>, <c>shared</c>, <c>community</c>, or <c>public</c>, which mostly needs the role admin.</summary>
    public string Visibility { get; init; } = "private";

    public long MinDiskGiB { get; init; }

    public long MinRamMiB { get; init; }

    /// <summary>Left out of lists that do not ask for hidden ones.</summary>
    public bool Hidden { get; init; }

    /// <summary>Cannot be deleted as long as this stands.</summary>
    public bool Protected { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Other keys; a key has at most 255 characters and a value at most 65535 bytes.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("name", Name);
        json.WriteString("disk_format", DiskFormat);
        json.WriteString("container_format", ContainerFormat);
        json.WriteString("visibility", Visibility);
        json.WriteNumber("min_disk", MinDiskGiB);
        json.WriteNumber("min_ram", MinRamMiB);
        json.WriteBoolean("protected", Protected);
        if (Hidden)
        {
            // Glance before Rocky would take it for a property.
            json.WriteBoolean("os_hidden", Hidden);
        }
        json.WriteStartArray("tags");
        foreach (var tag in Tags)
        {
            json.WriteStringValue(tag);
        }
        json.WriteEndArray();
        foreach (var (key, value) in Properties)
        {
            json.WriteString(key, value);
        }
        json.WriteEndObject();
    }
}
