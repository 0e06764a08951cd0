using System.Text.Json;
using FedSite.Sandbox.World;

namespace FedSite.Sandbox.OpenStack;

internal sealed partial class NeutronJson
{
    public void SecurityGroup(Utf8JsonWriter json, SandboxSecurityGroup group)
    {
        Begin(json, group);
        json.WriteString("name", group.Name);
        json.WriteBoolean("stateful", true);
        json.WriteString("description", group.Name == "default" ? "Default security group" : "");
        json.WriteBoolean("shared", false);
        json.WriteStartArray("security_group_rules");
        foreach (var (number, rule) in group.Rules.Index())
            Rule(json, group, rule, world.Uuid($"rule of {group.Id}", number));
        json.WriteEndArray();
        End(json, group);
    }

    public static void AddressGroup(Utf8JsonWriter json, SandboxAddressGroup group)
    {
        Begin(json, group);
        json.WriteString("name", group.Name);
        json.WriteString("description", "");
        json.WriteBoolean("shared", false);
        json.WriteStartArray("addresses");
        foreach (var address in group.Addresses)
            json.WriteStringValue(address);
        json.WriteEndArray();
        End(json, group);
    }

    /// <summary>The parent alone tells of the trunk: its subports look like ports that nothing is plugged into.</summary>
    private void Trunk(Utf8JsonWriter json, SandboxPort parent)
    {
        json.WriteStartObject("trunk_details");
        json.WriteString("trunk_id", world.Uuid($"trunk of {parent.Id}", 0));
        json.WriteStartArray("sub_ports");
        foreach (var (number, subport) in parent.Subports.Index())
        {
            json.WriteStartObject();
            json.WriteNumber("segmentation_id", 101 + number);
            json.WriteString("segmentation_type", "vlan");
            json.WriteString("port_id", subport);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Rule(Utf8JsonWriter json, SandboxSecurityGroup group, SandboxSecurityRule rule, string id)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("tenant_id", group.ProjectId);
        json.WriteString("security_group_id", group.Id);
        json.WriteString("ethertype", rule.EtherType);
        json.WriteString("direction", rule.Direction);
        json.WriteString("protocol", rule.Protocol);
        Number(json, "port_range_min", rule.From);
        Number(json, "port_range_max", rule.To);
        json.WriteString("remote_ip_prefix", rule.RemotePrefix);
        json.WriteString("remote_address_group_id", rule.RemoteAddressGroup);
        json.WriteString("normalized_cidr", rule.RemotePrefix);
        json.WriteString("remote_group_id", rule.RemoteGroup);
        json.WriteNull("description");
        json.WriteStartArray("tags");
        json.WriteEndArray();
        json.WriteString("created_at", Answers.Seconds(group.Created));
        json.WriteString("updated_at", Answers.Seconds(group.Created));
        json.WriteNumber("revision_number", 0);
        json.WriteString("project_id", group.ProjectId);
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, int? number)
    {
        if (number is { } known)
            json.WriteNumber(name, known);
        else
            json.WriteNull(name);
    }
}
