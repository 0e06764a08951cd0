using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FedSite.Sandbox.World;

namespace FedSite.Sandbox.OpenStack;

/// <summary>A server as Nova shows it, which depends on the microversion and on who asks.</summary>
internal sealed class ServerJson(CloudWorld world, string origin, int microversion, bool admin, DateTimeOffset now)
{
    private readonly Dictionary<string, string> _hosts = [];
    private readonly string _servers = $"{origin}/v2.1/servers/";
    private readonly string _bookmarks = $"{origin}/servers/";
    private readonly string _images = $"{origin}/images/";
    private readonly string _flavors = $"{origin}/flavors/";

    public void Write(Utf8JsonWriter json, SandboxServer server)
    {
        var state = ServerState.Of(server.Status);
        json.WriteStartObject();
        json.WriteString("id"u8, server.Id);
        json.WriteString("name"u8, server.Name);
        json.WriteString("status"u8, server.Status);
        json.WriteString("tenant_id"u8, server.ProjectId);
        json.WriteString("user_id"u8, server.UserId);
        json.WriteStartObject("metadata"u8);
        foreach (var (key, value) in server.Metadata)
        {
            json.WriteString(key, value);
        }
        json.WriteEndObject();
        json.WriteString("hostId"u8, server.LaunchedAt is null || state.Offloaded ? "" : HostId(server.ProjectId));
        Image(json, server);
        Flavor(json, server);
        json.WriteString("created"u8, Answers.Seconds(server.Created));
        json.WriteString("updated"u8, Answers.Seconds(server.Updated ?? now));
        Addresses(json, server);
        json.WriteString("accessIPv4"u8, "");
        json.WriteString("accessIPv6"u8, "");
        Links(json, server.Id);
        json.WriteString("OS-DCF:diskConfig"u8, "MANUAL");
        if (state.ShowsProgress)
        {
            json.WriteNumber("progress"u8, 0);
        }
        json.WriteString("OS-EXT-AZ:availability_zone"u8, server.LaunchedAt is null || state.Offloaded ? "" : "nova");
        json.WriteString("config_drive"u8, "");
        json.WriteNull("key_name"u8);
        Time(json, "OS-SRV-USG:launched_at"u8, server.LaunchedAt);
        Time(json, "OS-SRV-USG:terminated_at"u8, server.TerminatedAt);
        if (admin)
        {
            Administrative(json, server, server.LaunchedAt is null || state.Offloaded ? null : "compute1");
        }
        json.WriteString("OS-EXT-STS:task_state"u8, server.Task ?? state.Task);
        json.WriteString("OS-EXT-STS:vm_state"u8, state.Vm);
        json.WriteNumber("OS-EXT-STS:power_state"u8, state.Power);
        Volumes(json, server);
        Newer(json, server);
        if (server.HasPort)
        {
            json.WriteStartArray("security_groups"u8);
            json.WriteStartObject();
            json.WriteString("name"u8, "default");
            json.WriteEndObject();
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    /// <summary>As in the listing without detail.</summary>
    public void WriteBrief(Utf8JsonWriter json, SandboxServer server)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, server.Id);
        json.WriteString("name"u8, server.Name);
        Links(json, server.Id);
        json.WriteEndObject();
    }

    private void Newer(Utf8JsonWriter json, SandboxServer server)
    {
        if (microversion >= 9)
        {
            json.WriteBoolean("locked"u8, server.Locked);
        }
        if (microversion >= 73)
        {
            json.WriteNull("locked_reason"u8);
        }
        if (microversion >= 19)
        {
            json.WriteNull("description"u8);
        }
        if (microversion >= 26)
        {
            json.WriteStartArray("tags"u8);
            json.WriteEndArray();
        }
        if (microversion >= 63)
        {
            json.WriteNull("trusted_image_certificates"u8);
        }
        if (admin && microversion >= 16)
        {
            json.WriteString("host_status"u8, server.LaunchedAt is null ? "" : "UP");
        }
        if (!admin && microversion >= 90)
        {
            json.WriteString("OS-EXT-SRV-ATTR:hostname"u8, server.Name);
        }
    }

    private void Administrative(Utf8JsonWriter json, SandboxServer server, string? host)
    {
        var number = server.MacAddress[9..].Replace(":", "", StringComparison.Ordinal);
        json.WriteString("OS-EXT-SRV-ATTR:host"u8, host);
        json.WriteString("OS-EXT-SRV-ATTR:instance_name"u8, $"instance-00{number}");
        json.WriteString("OS-EXT-SRV-ATTR:hypervisor_hostname"u8, host);
        if (microversion < 3)
        {
            return;
        }
        json.WriteString("OS-EXT-SRV-ATTR:reservation_id"u8, $"r-{number}");
        json.WriteNumber("OS-EXT-SRV-ATTR:launch_index"u8, 0);
        json.WriteString("OS-EXT-SRV-ATTR:hostname"u8, server.Name);
        json.WriteString("OS-EXT-SRV-ATTR:kernel_id"u8, "");
        json.WriteString("OS-EXT-SRV-ATTR:ramdisk_id"u8, "");
        json.WriteString("OS-EXT-SRV-ATTR:root_device_name"u8, host is null ? null : "/dev/sda");
        json.WriteNull("OS-EXT-SRV-ATTR:user_data"u8);
    }

    private void Image(Utf8JsonWriter json, SandboxServer server)
    {
        if (server.ImageId is null)
        {
            json.WriteString("image"u8, "");
            return;
        }
        json.WriteStartObject("image"u8);
        json.WriteString("id"u8, server.ImageId);
        Bookmark(json, _images, server.ImageId);
        json.WriteEndObject();
    }

    private void Flavor(Utf8JsonWriter json, SandboxServer server)
    {
        json.WriteStartObject("flavor"u8);
        if (microversion < 47)
        {
            json.WriteString("id"u8, server.FlavorId);
            Bookmark(json, _flavors, server.FlavorId);
        }
        else if (world.FindFlavor(server.FlavorId) is { } flavor)
        {
            json.WriteNumber("vcpus"u8, flavor.Vcpus);
            json.WriteNumber("ram"u8, flavor.Ram);
            json.WriteNumber("disk"u8, flavor.Disk);
            json.WriteNumber("ephemeral"u8, flavor.Ephemeral);
            json.WriteNumber("swap"u8, flavor.Swap);
            json.WriteString("original_name"u8, flavor.Name);
            json.WriteStartObject("extra_specs"u8);
            foreach (var (key, value) in flavor.ExtraSpecs)
            {
                json.WriteString(key, value);
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void Addresses(Utf8JsonWriter json, SandboxServer server)
    {
        json.WriteStartObject("addresses"u8);
        if (server.HasPort)
        {
            var mac = server.MacAddress;
            json.WriteStartArray(
                server.Network switch
                {
                    ServerNetwork.External => "public"u8,
                    ServerNetwork.Provider => "provider"u8,
                    _ => "private"u8,
                }
            );
            foreach (var address in server.FixedAddresses)
            {
                Address(json, address, "fixed"u8, mac);
            }
            for (var number = 0; number < server.FloatingAddresses; number++)
            {
                Address(json, server.FloatingAddress(number), "floating"u8, mac);
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void Address(Utf8JsonWriter json, string address, ReadOnlySpan<byte> kind, string mac)
    {
        json.WriteStartObject();
        json.WriteNumber("version"u8, address.Contains(':', StringComparison.Ordinal) ? 6 : 4);
        json.WriteString("addr"u8, address);
        json.WriteString("OS-EXT-IPS:type"u8, kind);
        json.WriteString("OS-EXT-IPS-MAC:mac_addr"u8, mac);
        json.WriteEndObject();
    }

    private void Links(Utf8JsonWriter json, Guid id)
    {
        json.WriteStartArray("links"u8);
        Link(json, "self"u8, $"{_servers}{id}");
        Link(json, "bookmark"u8, $"{_bookmarks}{id}");
        json.WriteEndArray();
    }

    private static void Bookmark(Utf8JsonWriter json, string folder, string id)
    {
        json.WriteStartArray("links"u8);
        Link(json, "bookmark"u8, folder + id);
        json.WriteEndArray();
    }

    private static void Link(Utf8JsonWriter json, ReadOnlySpan<byte> rel, string href)
    {
        json.WriteStartObject();
        json.WriteString("rel"u8, rel);
        json.WriteString("href"u8, href);
        json.WriteEndObject();
    }

    private void Volumes(Utf8JsonWriter json, SandboxServer server)
    {
        json.WriteStartArray("os-extended-volumes:volumes_attached"u8);
        if (server.ImageId is null && !server.Deleted)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, server.Id);
            if (microversion >= 3)
            {
                json.WriteBoolean("delete_on_termination"u8, false);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    // Nova shows these with microseconds and without a zone, unlike created and updated.
    private static void Time(Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset? time)
    {
        if (time is null)
        {
            json.WriteNull(name);
            return;
        }
        json.WriteString(
            name,
            time.Value.ToString("yyyy-MM-dd'T'HH:mm:ss'.000000'", System.Globalization.CultureInfo.InvariantCulture)
        );
    }

    private string HostId(string projectId)
    {
        if (!_hosts.TryGetValue(projectId, out var id))
        {
            id = Convert.ToHexStringLower(SHA224Like(projectId));
            _hosts[projectId] = id;
        }
        return id;
    }

    // Nova uses SHA-224, which the framework lacks; only the length shows.
    private static byte[] SHA224Like(string projectId) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{projectId}compute1"))[..28];
}
