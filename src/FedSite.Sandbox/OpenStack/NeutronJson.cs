using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using FedSite.Sandbox.World;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Networks, ports and floating addresses as Neutron shows them.</summary>
internal sealed partial class NeutronJson(CloudWorld world)
{
    public void Network(Utf8JsonWriter json, SandboxNetwork network)
    {
        Begin(json, network);
        json.WriteString("name", network.Name);
        json.WriteBoolean("admin_state_up", true);
        json.WriteNumber("mtu", network.External ? 1500 : 1450);
        json.WriteString("status", "ACTIVE");
        json.WriteStartArray("subnets");
        foreach (var subnet in SubnetsOf(network))
        {
            json.WriteStringValue(subnet.Id);
        }
        json.WriteEndArray();
        json.WriteBoolean("shared", network.Shared);
        json.WriteStartArray("availability_zone_hints");
        json.WriteEndArray();
        json.WriteStartArray("availability_zones");
        json.WriteEndArray();
        json.WriteNull("ipv4_address_scope");
        json.WriteNull("ipv6_address_scope");
        json.WriteBoolean("router:external", network.External);
        json.WriteString("description", "");
        json.WriteBoolean("port_security_enabled", true);
        if (network.External)
        {
            json.WriteBoolean("is_default", false);
        }
        End(json, network);
    }

    public void Port(Utf8JsonWriter json, SandboxPort port)
    {
        Begin(json, port);
        PortBasics(json, port);
        json.WriteStartArray("fixed_ips");
        foreach (var address in port.Addresses)
        {
            json.WriteStartObject();
            json.WriteString("subnet_id", SubnetId(port, address));
            json.WriteString("ip_address", address);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("allowed_address_pairs");
        foreach (var pair in port.AllowedPairs)
        {
            json.WriteStartObject();
            json.WriteString("mac_address", port.MacAddress);
            json.WriteString("ip_address", pair);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("extra_dhcp_opts");
        json.WriteEndArray();
        json.WriteStartArray("security_groups");
        foreach (var group in port.SecurityGroups)
        {
            json.WriteStringValue(group);
        }
        json.WriteEndArray();
        json.WriteString("description", "");
        json.WriteString("binding:vnic_type", "normal");
        json.WriteBoolean("port_security_enabled", port.PortSecurity);
        if (port.Subports.Count > 0)
            Trunk(json, port);
        End(json, port);
    }

    public void FloatingIp(Utf8JsonWriter json, SandboxFloatingIp address)
    {
        var port = address.PortId is null ? null : world.Ports.Find(address.PortId);
        Begin(json, address);
        json.WriteString("floating_ip_address", address.Address);
        json.WriteString("floating_network_id", world.Uuid("network", -1));
        json.WriteString("router_id", address.PortId is null ? null : world.Uuid(address.ProjectId, 3));
        json.WriteString("port_id", address.PortId);
        json.WriteString("fixed_ip_address", port?.Addresses.FirstOrDefault(IsIpv4));
        json.WriteString("status", address.PortId is null ? "DOWN" : "ACTIVE");
        json.WriteString("description", "");
        json.WritePropertyName("port_details");
        if (port is null)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteStartObject();
            PortBasics(json, port);
            json.WriteEndObject();
        }
        End(json, address);
    }

    private static void PortBasics(Utf8JsonWriter json, SandboxPort port)
    {
        json.WriteString("name", "");
        json.WriteString("network_id", port.NetworkId);
        json.WriteString("mac_address", port.MacAddress);
        json.WriteBoolean("admin_state_up", true);
        json.WriteString("status", port.DeviceId.Length > 0 ? "ACTIVE" : "DOWN");
        json.WriteString("device_id", port.DeviceId);
        json.WriteString("device_owner", port.DeviceOwner);
    }

    private static void Begin(Utf8JsonWriter json, CloudThing thing)
    {
        json.WriteStartObject();
        json.WriteString("id", thing.Id);
        json.WriteString("tenant_id", thing.ProjectId);
    }

    private static void End(Utf8JsonWriter json, CloudThing thing)
    {
        json.WriteStartArray("tags");
        json.WriteEndArray();
        json.WriteString("created_at", Answers.Seconds(thing.Created));
        json.WriteString("updated_at", Answers.Seconds(thing.Created));
        json.WriteNumber("revision_number", 1);
        json.WriteString("project_id", thing.ProjectId);
        json.WriteEndObject();
    }

    public IEnumerable<SandboxSubnet> SubnetsOf(SandboxNetwork network) =>
        world.Subnets.Of(network.ProjectId).Where(s => s.NetworkId == network.Id);

    private string SubnetId(SandboxPort port, string address)
    {
        var subnets = world.Networks.Find(port.NetworkId) is { } network ? SubnetsOf(network) : [];
        // Tests give servers whatever addresses they like.
        return subnets.FirstOrDefault(s => s.Range.Contains(IPAddress.Parse(address)))?.Id
            ?? world.Uuid(port.NetworkId, IsIpv4(address) ? 4 : 6);
    }

    private static bool IsIpv4(string address) => IPAddress.Parse(address).AddressFamily is AddressFamily.InterNetwork;
}
