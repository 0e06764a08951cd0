using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Networks, subnets and routers, made and removed.</summary>
internal sealed partial class Neutron
{
    private const string Interface = "network:router_interface";

    private async Task MakeNetworkAsync(HttpContext context, Token token)
    {
        var body = await BodyAsync(context, "network");
        var owner = Owner(token, body);
        CheckQuota(owner, "network");
        var network = new SandboxNetwork
        {
            Id = NewId(),
            ProjectId = owner,
            Name = Text(body, "name") ?? "",
            Created = Now(),
        };
        _world.Networks.Put(network);
        await AnswerAsync(context, 201, _networks, network);
    }

    private Task DeleteNetworkAsync(HttpContext context, Token token, string id)
    {
        var network = Own(token, _networks, id);
        if (PortsOn(id).Any())
        {
            throw new NeutronFault(
                409,
                "NetworkInUse",
                $"Unable to complete operation on network {id}. There are one or more ports still in use on the network."
            );
        }
        foreach (var subnet in SubnetsOf(network).ToList())
        {
            _world.Subnets.Remove(subnet.Id);
        }
        _world.Networks.Remove(id);
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private async Task MakeSubnetAsync(HttpContext context, Token token)
    {
        var body = await BodyAsync(context, "subnet");
        var owner = Owner(token, body);
        var network = Own(token, _networks, Text(body, "network_id") ?? "");
        var cidr = Text(body, "cidr") ?? "";
        var version = (int?)body["ip_version"];
        if (!IPNetwork.TryParse(cidr, out var range))
        {
            throw Invalid($"'{cidr}' is not a valid IP subnet");
        }
        if (version != VersionOf(range.BaseAddress))
        {
            throw Invalid($"cidr '{cidr}' does not match the ip_version '{version}'");
        }
        var mode = Text(body, "ipv6_address_mode");
        if (mode == "slaac" && range.PrefixLength != 64)
        {
            throw Invalid(
                $"Invalid CIDR {cidr} for IPv6 address mode. OpenStack uses the EUI-64 address format, which requires the prefix to be /64"
            );
        }
        var servers = body["dns_nameservers"]?.AsArray().Select(s => (string)s!).ToList() ?? [];
        if (servers.Find(s => VersionOf(IPAddress.Parse(s)) != version) is { } odd)
        {
            throw Invalid($"dns_nameserver '{odd}' does not match the ip_version '{version}'");
        }
        if (SubnetsOf(network).Any(s => Overlap(s.Range, range)))
        {
            throw Invalid($"Requested subnet with cidr: {cidr} for network: {network.Id} overlaps with another subnet");
        }
        CheckQuota(owner, "subnet");
        var subnet = new SandboxSubnet
        {
            Id = NewId(),
            ProjectId = owner,
            Name = Text(body, "name") ?? "",
            NetworkId = network.Id,
            Cidr = range.ToString(),
            Ipv6Mode = mode,
            NameServers = servers,
            Created = Now(),
        };
        _world.Subnets.Put(subnet);
        await AnswerAsync(context, 201, _subnets, subnet);
    }

    private async Task MakeRouterAsync(HttpContext context, Token token)
    {
        var body = await BodyAsync(context, "router");
        var external = Text(body["external_gateway_info"]?.AsObject() ?? [], "network_id");
        if (external is not null && !Find(token, _networks, external).External)
        {
            throw BadRouter($"Network {external} is not an external network.");
        }
        var owner = Owner(token, body);
        CheckQuota(owner, "router");
        var router = new SandboxRouter
        {
            Id = NewId(),
            ProjectId = owner,
            Name = Text(body, "name") ?? "",
            ExternalNetworkId = external,
            Created = Now(),
        };
        _world.Routers.Put(router);
        await AnswerAsync(context, 201, _routers, router);
    }

    private Task DeleteRouterAsync(HttpContext context, Token token, string id)
    {
        var router = Find(token, _routers, id);
        if (_world.Ports.Of(router.ProjectId).Any(p => p.DeviceId == id && p.DeviceOwner == Interface))
        {
            throw new NeutronFault(409, "RouterInUse", $"Router {id} still has ports");
        }
        _world.Routers.Remove(id);
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private async Task PlugAsync(HttpContext context, Token token, string id)
    {
        var router = Find(token, _routers, id);
        var subnet = Find(token, _subnets, Text(await BodyAsync(context), "subnet_id") ?? "");
        var there = PortsOn(subnet.NetworkId).FirstOrDefault(p => p.Addresses.Contains(subnet.Gateway));
        if (there is not null)
        {
            throw there.DeviceId == id
                ? BadRouter($"Router already has a port on subnet {subnet.Id}.")
                : new NeutronFault(
                    409,
                    "IpAddressAlreadyAllocated",
                    $"IP address {subnet.Gateway} already allocated in subnet {subnet.Id}"
                );
        }
        var port = new SandboxPort
        {
            Id = NewId(),
            ProjectId = router.ProjectId,
            NetworkId = subnet.NetworkId,
            DeviceOwner = Interface,
            DeviceId = id,
            Addresses = [subnet.Gateway],
            Created = Now(),
        };
        _world.Ports.Put(port);
        await AnswerAsync(context, router, port, subnet.Id);
    }

    private async Task UnplugAsync(HttpContext context, Token token, string id)
    {
        var router = Find(token, _routers, id);
        var portId = Text(await BodyAsync(context), "port_id") ?? "";
        var port = _ports.Stock.Find(portId) ?? throw NoInterface(id, portId);
        if (port.DeviceId != id)
        {
            throw NoInterface(id, portId);
        }
        var subnet = _world.Subnets.Of(port.ProjectId).FirstOrDefault(s => port.Addresses.Contains(s.Gateway));
        _world.Ports.Remove(portId);
        await AnswerAsync(context, router, port, subnet?.Id ?? "");
    }

    private static NeutronFault NoInterface(string router, string port) =>
        new(404, "RouterInterfaceNotFound", $"Router {router} does not have an interface with id {port}");

    private static Task AnswerAsync(HttpContext context, SandboxRouter router, SandboxPort port, string subnetId) =>
        Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("id", router.Id);
                json.WriteString("tenant_id", router.ProjectId);
                json.WriteString("port_id", port.Id);
                json.WriteString("network_id", port.NetworkId);
                json.WriteString("subnet_id", subnetId);
                json.WriteEndObject();
            }
        );

    private IEnumerable<SandboxPort> PortsOn(string networkId) =>
        _world.Projects.SelectMany(p => _world.Ports.Of(p.Id)).Where(p => p.NetworkId == networkId);

    private IEnumerable<SandboxSubnet> SubnetsOf(SandboxNetwork network) =>
        _world.Projects.SelectMany(p => _world.Subnets.Of(p.Id)).Where(s => s.NetworkId == network.Id);

    private static T Own<T>(Token token, Kind<T> kind, string id)
        where T : CloudThing =>
        Find(token, kind, id) is { } thing && Owns(token, thing.ProjectId) ? thing : throw kind.Missing(id);

    private static string Owner(Token token, JsonObject body)
    {
        var owner = Text(body, "project_id") ?? token.Project?.Id ?? "";
        return Owns(token, owner)
            ? owner
            : throw new NeutronFault(
                400,
                "HTTPBadRequest",
                "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin or advsvc privileges"
            );
    }

    private static async Task<JsonObject> BodyAsync(HttpContext context, string? name = null)
    {
        var body = JsonNode.Parse(await Answers.ReadBodyAsync(context))?.AsObject();
        return (name is null ? body : body?[name]?.AsObject())
            ?? throw new NeutronFault(400, "HTTPBadRequest", $"Unable to find '{name}' in request body");
    }

    private static string? Text(JsonObject body, string name) => (string?)body[name];

    private static NeutronFault Invalid(string why) => new(400, "InvalidInput", $"Invalid input for operation: {why}.");

    private static NeutronFault BadRouter(string why) => new(400, "BadRequest", $"Bad router request: {why}");

    private static int VersionOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 4 : 6;

    private static bool Overlap(IPNetwork one, IPNetwork other) =>
        one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress);

    private string NewId() => Guid.ParseExact(_world.NewId(), "N").ToString();

    private DateTimeOffset Now() => _time.GetUtcNow();
}
