using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace FedSite.OpenStack.Network;

/// <summary>
/// Networks, subnets and routers of whatever project, with the account's own scope: it needs the role admin. Names are
/// not unique in Neutron, so nothing is made, or asked for again after a lost answer, without a look.
/// </summary>
public sealed partial class NetworkApi
{
    private const int SlaacPrefix = 64;

    /// <summary>Of all kinds of routers: plain, distributed, and highly available ones.</summary>
    private const string RouterInterfaces =
        "device_owner=network:router_interface&device_owner=network:router_interface_distributed"
        + "&device_owner=network:ha_router_replicated_interface";

    /// <summary>https://docs.openstack.org/api-ref/network/v2/#list-networks</summary>
    public Task<IReadOnlyList<CloudNetwork>> ListOwnNetworksAsync(string projectId, CancellationToken ct) =>
        ListAllAsync("networks", $"{Of(projectId)}&fields=id&fields=name", NetworkJson.Default.CloudNetwork, ct);

    /// <summary>All those that lead out of the cloud. https://docs.openstack.org/api-ref/network/v2/#list-networks</summary>
    public Task<IReadOnlyList<CloudNetwork>> ListExternalNetworksAsync(CancellationToken ct) =>
        ListAllAsync("networks", "router:external=true&fields=id&fields=name", NetworkJson.Default.CloudNetwork, ct);

    /// <summary>https://docs.openstack.org/api-ref/network/v2/#list-subnets</summary>
    public Task<IReadOnlyList<Subnet>> ListSubnetsAsync(string networkId, CancellationToken ct) =>
        ListAllAsync(
            "subnets",
            $"network_id={Uri.EscapeDataString(networkId)}&fields=id&fields=cidr&fields=gateway_ip&fields=dns_nameservers",
            NetworkJson.Default.Subnet,
            ct
        );

    /// <summary>https://docs.openstack.org/api-ref/network/v2/#list-routers</summary>
    public Task<IReadOnlyList<Router>> ListRoutersAsync(string projectId, CancellationToken ct) =>
        ListAllAsync(
            "routers",
            $"{Of(projectId)}&fields=id&fields=name&fields=external_gateway_info",
            NetworkJson.Default.Router,
            ct
        );

    /// <summary>Ports of routers on a network. https://docs.openstack.org/api-ref/network/v2/#list-ports</summary>
    public Task<IReadOnlyList<Port>> ListRouterInterfacesAsync(string networkId, CancellationToken ct) =>
        ListAllAsync(
            "ports",
            $"network_id={Uri.EscapeDataString(networkId)}&{RouterInterfaces}&fields=id&fields=device_id&fields=fixed_ips",
            NetworkJson.Default.Port,
            ct
        );

    /// <summary>Makes a network unless the project has one of that name.</summary>
    /// <returns>Its id; null: it was asked for, and is not there.</returns>
    public Task<string?> MakeNetworkAsync(string projectId, string name, CancellationToken ct) =>
        MakeAsync(
            "network",
            new JsonObject { ["name"] = name, ["project_id"] = projectId },
            $"{Of(projectId)}&name={Uri.EscapeDataString(name)}",
            ct
        );

    /// <summary>
    /// Makes a subnet with DHCP unless the network has it. One of IPv6 with 64 bits lets servers choose their address
    /// (SLAAC), others give it by DHCPv6. https://docs.openstack.org/neutron/latest/admin/config-ipv6.html
    /// </summary>
    /// <param name="projectId">Its owner.</param>
    /// <param name="networkId">Where it belongs.</param>
    /// <param name="cidr">Its range, and its name.</param>
    /// <param name="dns">Addresses of name servers, of the range's version; none: the cloud's own.</param>
    /// <param name="ct">Ends the work.</param>
    /// <returns>Its id; null: it was asked for, and is not there.</returns>
    public Task<string?> MakeSubnetAsync(
        string projectId,
        string networkId,
        IPNetwork cidr,
        IReadOnlyList<string> dns,
        CancellationToken ct
    )
    {
        var isIpv6 = cidr.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;
        var fields = new JsonObject
        {
            ["name"] = cidr.ToString(),
            ["project_id"] = projectId,
            ["network_id"] = networkId,
            ["ip_version"] = isIpv6 ? 6 : 4,
            ["cidr"] = cidr.ToString(),
            ["enable_dhcp"] = true,
        };
        if (isIpv6)
        {
            var mode = cidr.PrefixLength == SlaacPrefix ? "slaac" : "dhcpv6-stateful";
            fields["ipv6_ra_mode"] = mode;
            fields["ipv6_address_mode"] = mode;
        }
        if (dns.Count > 0)
        {
            fields["dns_nameservers"] = new JsonArray([.. dns.Select(address => (JsonNode)address)]);
        }
        var look = $"network_id={Uri.EscapeDataString(networkId)}&cidr={Uri.EscapeDataString(cidr.ToString())}";
        return MakeAsync("subnet", fields, look, ct);
    }

    /// <summary>Makes a router to an external network unless the project has one of that name.</summary>
    /// <returns>Its id; null: it was asked for, and is not there.</returns>
    public Task<string?> MakeRouterAsync(string projectId, string name, string externalId, CancellationToken ct) =>
        MakeAsync(
            "router",
            new JsonObject
            {
                ["name"] = name,
                ["project_id"] = projectId,
                ["external_gateway_info"] = new JsonObject { ["network_id"] = externalId },
            },
            $"{Of(projectId)}&name={Uri.EscapeDataString(name)}",
            ct
        );

    /// <summary>
    /// Plugs a router into a subnet, at the subnet's gateway address, unless it is.
    /// https://docs.openstack.org/api-ref/network/v2/#add-interface-to-router
    /// </summary>
    /// <returns>The port's id; null: it was asked for, and is not there.</returns>
    public async Task<string?> PlugRouterAsync(string routerId, string subnetId, CancellationToken ct)
    {
        var look = await LookUrlAsync(
            "ports",
            $"device_id={Uri.EscapeDataString(routerId)}&fixed_ips=subnet_id%3D{Uri.EscapeDataString(subnetId)}",
            ct
        );
        return await MakeAsync(
            HttpMethod.Put,
            $"routers/{Uri.EscapeDataString(routerId)}/add_router_interface",
            new JsonObject { ["subnet_id"] = subnetId },
            ("ports", look),
            ct
        );
    }

    private async Task<string?> MakeAsync(string kind, JsonObject fields, string look, CancellationToken ct) =>
        await MakeAsync(
            HttpMethod.Post,
            $"{kind}s",
            new JsonObject { [kind] = fields },
            ($"{kind}s", await LookUrlAsync($"{kind}s", look, ct)),
            ct
        );

    private async Task<string?> MakeAsync(
        HttpMethod method,
        string path,
        JsonObject body,
        (string Collection, Uri Url) look,
        CancellationToken ct
    )
    {
        if (await FirstIdAsync(look.Collection, look.Url, ct) is { } there)
        {
            return there;
        }
        var scope = TokenScope.Configured;
        var endpoint = await _session.EndpointAsync(ServiceNames.Network, scope, ct);
        var request = new CloudRequest(ServiceNames.Network, method, Url(endpoint, path))
        {
            Body = Encoding.UTF8.GetBytes(body.ToJsonString()),
            Look = async token =>
                await FirstIdAsync(look.Collection, look.Url, token) is null
                    ? null
                    : await _session.GetAsync(ServiceNames.Network, scope, look.Url, [], token),
        };
        (await _session.SendAsync(request, scope, ct)).Dispose();
        return await FirstIdAsync(look.Collection, look.Url, ct);
    }

    /// <summary>Of several always the same one.</summary>
    private async Task<string?> FirstIdAsync(string collection, Uri url, CancellationToken ct)
    {
        var found = await ListAllAsync(collection, url, NetworkJson.Default.Identified, ct);
        return found.Select(thing => thing.Id).Order(StringComparer.Ordinal).FirstOrDefault();
    }

    private Task<Uri> LookUrlAsync(string collection, string filter, CancellationToken ct) =>
        ListUrlAsync(collection, $"{filter}&fields=id", ct);

    private async Task<Uri> ListUrlAsync(string collection, string filter, CancellationToken ct) =>
        Url(
            await _session.EndpointAsync(ServiceNames.Network, TokenScope.Configured, ct),
            $"{collection}?limit={PageSize}&{filter}"
        );

    private async Task<IReadOnlyList<T>> ListAllAsync<T>(
        string collection,
        string filter,
        JsonTypeInfo<T> type,
        CancellationToken ct
    )
        where T : class => await ListAllAsync(collection, await ListUrlAsync(collection, filter, ct), type, ct);

    private async Task<IReadOnlyList<T>> ListAllAsync<T>(
        string collection,
        Uri url,
        JsonTypeInfo<T> type,
        CancellationToken ct
    )
        where T : class
    {
        var list = new PagedList(ServiceNames.Network, TokenScope.Configured, url, collection);
        var found = new List<T>();
        await foreach (var listed in _session.ListAsync(list, type, ct))
        {
            found.Add(
                listed.Item
                    ?? throw new OpenStackException(
                        $"Neutron listed something at {url} that is not understood: {listed.Fault}",
                        "Give this message to the cloud's operator.",
                        ServiceNames.Network,
                        url,
                        200
                    )
            );
        }
        return found;
    }

    private static string Of(string projectId) => $"project_id={Uri.EscapeDataString(projectId)}";
}
