using System.Net.Sockets;
using System.Text.Json;
using FedSite.Sandbox.World;

namespace FedSite.Sandbox.OpenStack;

internal sealed partial class NeutronJson
{
    public static void Subnet(Utf8JsonWriter json, SandboxSubnet subnet)
    {
        Begin(json, subnet);
        json.WriteString("name", subnet.Name);
        json.WriteString("network_id", subnet.NetworkId);
        json.WriteNumber("ip_version", subnet.Range.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 4 : 6);
        json.WriteNull("subnetpool_id");
        json.WriteBoolean("enable_dhcp", true);
        json.WriteString("ipv6_ra_mode", subnet.Ipv6Mode);
        json.WriteString("ipv6_address_mode", subnet.Ipv6Mode);
        json.WriteString("gateway_ip", subnet.Gateway);
        json.WriteString("cidr", subnet.Cidr);
        json.WriteStartArray("dns_nameservers");
        foreach (var server in subnet.NameServers)
        {
            json.WriteStringValue(server);
        }
        json.WriteEndArray();
        json.WriteString("description", "");
        End(json, subnet);
    }

    public static void Router(Utf8JsonWriter json, SandboxRouter router)
    {
        Begin(json, router);
        json.WriteString("name", router.Name);
        json.WriteBoolean("admin_state_up", true);
        json.WriteString("status", "ACTIVE");
        json.WritePropertyName("external_gateway_info");
        if (router.ExternalNetworkId is null)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteStartObject();
            json.WriteString("network_id", router.ExternalNetworkId);
            json.WriteBoolean("enable_snat", true);
            json.WriteEndObject();
        }
        json.WriteString("description", "");
        End(json, router);
    }
}
