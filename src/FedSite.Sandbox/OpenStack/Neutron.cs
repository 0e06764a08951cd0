using System.Text.Json;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Neutron's API v2.0.</summary>
internal sealed partial class Neutron
{
    private static readonly string[] Common = ["id", "project_id", "tenant_id", "status", "tags"];
    private readonly TimeProvider _time;
    private readonly CloudWorld _world;
    private readonly Tokens _tokens;
    private readonly Endpoints _endpoints;
    private readonly Kind<SandboxNetwork> _networks;
    private readonly Kind<SandboxSubnet> _subnets;
    private readonly Kind<SandboxRouter> _routers;
    private readonly Kind<SandboxPort> _ports;
    private readonly Kind<SandboxFloatingIp> _floatingIps;
    private readonly Kind<SandboxSecurityGroup> _securityGroups;
    private readonly Kind<SandboxAddressGroup> _addressGroups;

    public Neutron(SandboxOptions options, CloudWorld world, Tokens tokens, Endpoints endpoints)
    {
        _time = options.TimeProvider;
        var shapes = new NeutronJson(world);
        _world = world;
        _tokens = tokens;
        _endpoints = endpoints;
        _networks = new(
            "network",
            [.. Common, "name", "shared", "router:external"],
            world.Networks,
            shapes.Network,
            (token, network) => network.External || network.Shared || Owns(token, network.ProjectId),
            id => new NeutronFault(404, "NetworkNotFound", $"Network {id} could not be found.")
        );
        _subnets = new(
            "subnet",
            [.. Common, "name", "network_id", "cidr", "ip_version", "gateway_ip"],
            world.Subnets,
            NeutronJson.Subnet,
            (token, subnet) => world.Networks.Find(subnet.NetworkId) is { } network && _networks.Shows(token, network),
            id => new NeutronFault(404, "SubnetNotFound", $"Subnet {id} could not be found.")
        );
        _routers = new(
            "router",
            [.. Common, "name"],
            world.Routers,
            NeutronJson.Router,
            (token, router) => Owns(token, router.ProjectId),
            id => new NeutronFault(404, "RouterNotFound", $"Router {id} could not be found")
        );
        _ports = new(
            "port",
            [.. Common, "name", "network_id", "device_id", "device_owner", "mac_address", "fixed_ips"],
            world.Ports,
            shapes.Port,
            (token, port) => Owns(token, port.ProjectId),
            id => new NeutronFault(404, "PortNotFound", $"Port {id} could not be found.")
        );
        _floatingIps = new(
            "floatingip",
            [.. Common, "floating_ip_address", "floating_network_id", "port_id"],
            world.FloatingIps,
            shapes.FloatingIp,
            (token, address) => Owns(token, address.ProjectId),
            id => new NeutronFault(404, "FloatingIPNotFound", $"Floating IP {id} could not be found")
        );
        _securityGroups = new(
            "security_group",
            [.. Common, "name"],
            world.SecurityGroups,
            shapes.SecurityGroup,
            (token, group) => Owns(token, group.ProjectId),
            id => new NeutronFault(404, "SecurityGroupNotFound", $"Security group {id} does not exist")
        );
        _addressGroups = new(
            "address_group",
            [.. Common, "name"],
            world.AddressGroups,
            NeutronJson.AddressGroup,
            (token, group) => Owns(token, group.ProjectId),
            id => new NeutronFault(404, "AddressGroupNotFound", $"Address group {id} could not be found.")
        );
    }

    /// <summary>A kind of thing, and who sees which ones.</summary>
    private sealed record Kind<T>(
        string Name,
        string[] Filters,
        Stock<T> Stock,
        Action<Utf8JsonWriter, T> Write,
        Func<Token, T, bool> Shows,
        Func<string, NeutronFault> Missing
    )
        where T : CloudThing;

    private static bool Owns(Token token, string projectId) => token.IsAdmin || token.Project?.Id == projectId;

    public async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Trim('/').Split('/');
        if (path is [""])
        {
            await VersionsAsync(context);
            return;
        }
        Answers.StampRequestId(context.Response);
        if (_tokens.Of(context.Request) is not { } token)
        {
            await Answers.UnauthorizedAsync(context, _endpoints);
            return;
        }
        try
        {
            await (
                (context.Request.Method, path) switch
                {
                    ("GET", ["v2.0", "networks"]) => ListAsync(context, token, _networks),
                    ("GET", ["v2.0", "networks", var id]) => ShowAsync(context, token, _networks, id),
                    ("POST", ["v2.0", "networks"]) => MakeNetworkAsync(context, token),
                    ("DELETE", ["v2.0", "networks", var id]) => DeleteNetworkAsync(context, token, id),
                    ("GET", ["v2.0", "subnets"]) => ListAsync(context, token, _subnets),
                    ("GET", ["v2.0", "subnets", var id]) => ShowAsync(context, token, _subnets, id),
                    ("POST", ["v2.0", "subnets"]) => MakeSubnetAsync(context, token),
                    ("GET", ["v2.0", "routers"]) => ListAsync(context, token, _routers),
                    ("GET", ["v2.0", "routers", var id]) => ShowAsync(context, token, _routers, id),
                    ("POST", ["v2.0", "routers"]) => MakeRouterAsync(context, token),
                    ("DELETE", ["v2.0", "routers", var id]) => DeleteRouterAsync(context, token, id),
                    ("PUT", ["v2.0", "routers", var id, "add_router_interface"]) => PlugAsync(context, token, id),
                    ("PUT", ["v2.0", "routers", var id, "remove_router_interface"]) => UnplugAsync(context, token, id),
                    ("GET", ["v2.0", "ports"]) => ListAsync(context, token, _ports),
                    ("GET", ["v2.0", "ports", var id]) => ShowAsync(context, token, _ports, id),
                    ("GET", ["v2.0", "floatingips"]) => ListAsync(context, token, _floatingIps),
                    ("GET", ["v2.0", "floatingips", var id]) => ShowAsync(context, token, _floatingIps, id),
                    ("GET", ["v2.0", "address-groups"]) => ListAsync(context, token, _addressGroups),
                    ("GET", ["v2.0", "security-groups"]) => ListAsync(context, token, _securityGroups),
                    ("GET", ["v2.0", "security-groups", var id]) => ShowAsync(context, token, _securityGroups, id),
                    ("POST", ["v2.0", "floatingips"]) => MakeFloatingIpAsync(context, token),
                    ("DELETE", ["v2.0", "floatingips", var id]) => DeleteFloatingIpAsync(context, token, id),
                    ("GET", ["v2.0", "quotas", var id]) => QuotasAsync(context, token, id, details: false),
                    ("PUT", ["v2.0", "quotas", var id]) => SetQuotasAsync(context, token, id),
                    ("GET", ["v2.0", "quotas", var id, "details" or "details.json"]) => QuotasAsync(
                        context,
                        token,
                        id,
                        details: true
                    ),
                    _ => throw new NeutronFault(404, "HTTPNotFound", "The resource could not be found."),
                }
            );
        }
        catch (NeutronFault fault)
        {
            await FaultAsync(context, fault);
        }
    }

    private static Task ShowAsync<T>(HttpContext context, Token token, Kind<T> kind, string id)
        where T : CloudThing => AnswerAsync(context, 200, kind, Find(token, kind, id));

    private static T Find<T>(Token token, Kind<T> kind, string id)
        where T : CloudThing =>
        kind.Stock.Find(id) is { } found && kind.Shows(token, found) ? found : throw kind.Missing(id);

    private static Task AnswerAsync<T>(HttpContext context, int status, Kind<T> kind, T thing)
        where T : CloudThing =>
        Answers.JsonAsync(
            context,
            status,
            json =>
            {
                json.WriteStartObject();
                json.WritePropertyName(kind.Name);
                kind.Write(json, thing);
                json.WriteEndObject();
            }
        );

    private Task ListAsync<T>(HttpContext context, Token token, Kind<T> kind)
        where T : CloudThing
    {
        var query = new NeutronQuery(context.Request.Query, kind.Filters);
        var last = query.Marker is { } marker ? kind.Stock.Find(marker) : null;
        if (query.Marker is not null && last is null && kind.Name != "floatingip")
        {
            // The list of floating addresses begins anew.
            throw kind.Missing(query.Marker);
        }
        var page = new List<(string Id, JsonElement Json)>();
        foreach (var thing in kind.Stock.List(Projects(token, kind, query), last).Where(t => kind.Shows(token, t)))
        {
            if (query.Select(json => kind.Write(json, thing)) is { } json)
            {
                page.Add((thing.Id, json));
            }
            if (page.Count == query.Limit)
            {
                break;
            }
        }
        return Answers.JsonAsync(context, 200, json => Page(json, context.Request, $"{kind.Name}s", page, query.Limit));
    }

    /// <summary>Where to look: servers of other projects need not be gone through for what would not be shown.</summary>
    private IEnumerable<string> Projects<T>(Token token, Kind<T> kind, NeutronQuery query)
        where T : CloudThing =>
        _world
            .Projects.Select(p => p.Id)
            .Where(id => query.Projects?.Contains(id) != false)
            .Where(id => kind.Name is "network" or "subnet" || Owns(token, id));

    private static void Page(
        Utf8JsonWriter json,
        HttpRequest request,
        string name,
        List<(string Id, JsonElement Json)> page,
        int? limit
    )
    {
        json.WriteStartObject();
        json.WriteStartArray(name);
        foreach (var (_, thing) in page)
        {
            thing.WriteTo(json);
        }
        json.WriteEndArray();
        if (limit is not null && page.Count > 0)
        {
            json.WriteStartArray($"{name}_links");
            if (page.Count == limit)
            {
                Link(json, request, "next", page[^1].Id, null);
            }
            Link(json, request, "previous", page[0].Id, "True");
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void Link(Utf8JsonWriter json, HttpRequest request, string rel, string marker, string? reverse)
    {
        var parameters = request
            .Query.Where(p => p.Key is not ("marker" or "page_reverse"))
            .SelectMany(p => p.Value.Select(value => KeyValuePair.Create(p.Key, value)))
            .Append(KeyValuePair.Create("marker", (string?)marker));
        if (reverse is not null)
        {
            parameters = parameters.Append(KeyValuePair.Create("page_reverse", (string?)reverse));
        }
        json.WriteStartObject();
        json.WriteString("rel", rel);
        json.WriteString("href", $"{Answers.Origin(request)}{request.Path}{QueryString.Create(parameters)}");
        json.WriteEndObject();
    }

    private static Task VersionsAsync(HttpContext context) =>
        Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("versions");
                json.WriteStartObject();
                json.WriteString("id", "v2.0");
                json.WriteString("status", "CURRENT");
                Answers.Link(json, "links", "self", $"{Answers.Origin(context.Request)}/v2.0/");
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();
            }
        );

    private static Task FaultAsync(HttpContext context, NeutronFault fault) =>
        Answers.JsonAsync(
            context,
            fault.Status,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartObject("NeutronError");
                json.WriteString("type", fault.Type);
                json.WriteString("message", fault.Message);
                json.WriteString("detail", "");
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );
}
