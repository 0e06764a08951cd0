using System.Globalization;
using System.Text.Json;
using FedSite.Sandbox.World;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Volumes as Cinder shows them at microversion 3.0.</summary>
/// <param name="origin">Scheme, host and port.</param>
/// <param name="project">Of the request's URL; null when it names none.</param>
/// <param name="admin">Admins see more.</param>
internal sealed class VolumeJson(string origin, string? project, bool admin)
{
    private readonly string _path = project is null ? "volumes" : $"{project}/volumes";

    public void Write(Utf8JsonWriter json, SandboxVolume volume)
    {
        json.WriteStartObject();
        json.WriteString("id", volume.Id);
        json.WriteString("status", volume.Status);
        json.WriteNumber("size", volume.SizeGiB);
        json.WriteString("availability_zone", "nova");
        json.WriteString("created_at", Micros(volume.Created));
        json.WriteString("updated_at", Micros(volume.Created));
        json.WriteString("name", volume.Name);
        json.WriteNull("description");
        json.WriteString("volume_type", volume.VolumeType);
        json.WriteNull("snapshot_id");
        json.WriteNull("source_volid");
        json.WriteStartObject("metadata");
        json.WriteEndObject();
        Links(json, volume.Id);
        json.WriteString("user_id", volume.UserId);
        json.WriteString("bootable", "false");
        json.WriteBoolean("encrypted", false);
        json.WriteNull("replication_status");
        json.WriteNull("consistencygroup_id");
        json.WriteBoolean("multiattach", volume.Servers.Count > 1);
        json.WriteStartArray("attachments");
        foreach (var server in volume.Servers)
        {
            Attachment(json, volume, server);
        }
        json.WriteEndArray();
        if (admin)
        {
            json.WriteString("migration_status", volume.MigrationStatus);
        }
        json.WriteString("os-vol-tenant-attr:tenant_id", volume.ProjectId);
        if (admin)
        {
            json.WriteString("os-vol-mig-status-attr:migstat", volume.MigrationStatus);
            json.WriteNull("os-vol-mig-status-attr:name_id");
            json.WriteString("os-vol-host-attr:host", "volume1@disks#disks");
        }
        json.WriteEndObject();
    }

    /// <summary>As in the listing without detail.</summary>
    public void WriteBrief(Utf8JsonWriter json, SandboxVolume volume)
    {
        json.WriteStartObject();
        json.WriteString("id", volume.Id);
        json.WriteString("name", volume.Name);
        Links(json, volume.Id);
        json.WriteEndObject();
    }

    private void Attachment(Utf8JsonWriter json, SandboxVolume volume, string server)
    {
        json.WriteStartObject();
        json.WriteString("id", volume.Id);
        json.WriteString("attachment_id", SeededId.Paired(Guid.Parse(server), 0x617474, 0));
        json.WriteString("volume_id", volume.Id);
        json.WriteString("server_id", server);
        json.WriteString("host_name", admin ? "compute1" : null);
        json.WriteString("device", "/dev/sdb");
        json.WriteString("attached_at", Micros(volume.Created));
        json.WriteEndObject();
    }

    private void Links(Utf8JsonWriter json, string id)
    {
        json.WriteStartArray("links");
        Link(json, "self", $"{origin}/v3/{_path}/{id}");
        Link(json, "bookmark", $"{origin}/{_path}/{id}");
        json.WriteEndArray();
    }

    private static void Link(Utf8JsonWriter json, string rel, string target)
    {
        json.WriteStartObject();
        json.WriteString("rel", rel);
        json.WriteString("href", target);
        json.WriteEndObject();
    }

    private static string Micros(DateTimeOffset time) =>
        time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
}
