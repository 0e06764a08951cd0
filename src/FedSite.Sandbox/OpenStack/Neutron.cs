using System.Globalization;
using System.Text.Json;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Neutron's API v2.0: networks and floating addresses, for reading.</summary>
internal sealed class Neutron(CloudWorld world, Tokens tokens, Endpoints endpoints)
{
    private static readonly string[] Paging = ["limit", "marker", "page_reverse", "sort_key", "sort_dir", "fields"];
    private static readonly string[] NetworkFilters =
    [
        "id",
        "name",
        "project_id",
        "tenant_id",
        "status",
        "shared",
        "router:external",
        "tags",
    ];
    private static readonly string[] FloatingFilters =
    [
        "id",
        "project_id",
        "tenant_id",
        "status",
        "floating_ip_address",
        "floating_network_id",
        "port_id",
        "tags",
    ];

    private string PublicId => world.Uuid("network", -1);

    public async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Trim('/').Split('/');
        if (path is [""])
        {
            await VersionsAsync(context);
            return;
        }
        Answers.StampRequestId(context.Response);
        if (tokens.Of(context.Request) is not { } token)
        {
            await Answers.UnauthorizedAsync(context, endpoints);
            return;
        }
        try
        {
            await (
                (context.Request.Method, path) switch
                {
                    ("GET", ["v2.0", "networks"]) => ListAsync(context, "networks", NetworkFilters, Networks(token)),
                    ("GET", ["v2.0", "networks", var id]) => NetworkAsync(context, token, id),
                    ("GET", ["v2.0", "floatingips"]) => ListAsync(
                        context,
                        "floatingips",
                        FloatingFilters,
                        FloatingAddresses(token)
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

    private sealed class NeutronFault(int status, string type, string message) : Exception(message)
    {
        public int Status { get; } = status;
        public string Type { get; } = type;
    }

    /// <summary>What a listing filters by, and the rest.</summary>
    private sealed record Item(
        string Id,
        string ProjectId,
        Dictionary<string, string?> Fields,
        Action<Utf8JsonWriter> Write
    );

    private IEnumerable<Item> Networks(Token token)
    {
        yield return Network(PublicId, "public", world.AdminProject.Id, external: true);
        foreach (var project in world.Projects)
        {
            if (project.Id != world.AdminProject.Id && (token.IsAdmin || token.Project?.Id == project.Id))
            {
                yield return Network(world.Uuid(project.Id, 0), "private", project.Id, external: false);
            }
        }
    }

    private Item Network(string id, string name, string projectId, bool external) =>
        new(
            id,
            projectId,
            new()
            {
                ["name"] = name,
                ["status"] = "ACTIVE",
                ["router:external"] = external ? "True" : "False",
            },
            json =>
            {
                json.WriteString("name", name);
                json.WriteBoolean("admin_state_up", true);
                json.WriteNumber("mtu", external ? 1500 : 1450);
                json.WriteString("status", "ACTIVE");
                json.WriteStartArray("subnets");
                json.WriteStringValue(world.Uuid(id, 1));
                json.WriteEndArray();
                json.WriteBoolean("shared", false);
                json.WriteStartArray("availability_zone_hints");
                json.WriteEndArray();
                json.WriteStartArray("availability_zones");
                json.WriteEndArray();
                json.WriteNull("ipv4_address_scope");
                json.WriteNull("ipv6_address_scope");
                json.WriteBoolean("router:external", external);
                json.WriteString("description", "");
                json.WriteBoolean("port_security_enabled", true);
                json.WriteNull("qos_policy_id");
                if (external)
                {
                    json.WriteBoolean("is_default", false);
                }
            }
        );

    private IEnumerable<Item> FloatingAddresses(Token token)
    {
        var projects = world.Projects.Where(p => token.IsAdmin || p.Id == token.Project?.Id);
        foreach (var project in projects)
        {
            foreach (var server in world.List(project.Id, null, status => status != "DELETED", null))
            {
                for (var number = 0; number < server.FloatingAddresses; number++)
                {
                    yield return Floating(project.Id, server, number);
                }
            }
            yield return Floating(project.Id, null, 0);
        }
    }

    private Item Floating(string projectId, SandboxServer? server, int number)
    {
        var id = world.Uuid(server?.Id.ToString() ?? projectId, 10 + number);
        var address = server?.FloatingAddress(number) ?? "203.0.113.255";
        var port = server is null ? null : world.Uuid(server.Id.ToString(), 2);
        return new(
            id,
            projectId,
            new()
            {
                ["floating_ip_address"] = address,
                ["floating_network_id"] = PublicId,
                ["port_id"] = port,
                ["status"] = server is null ? "DOWN" : "ACTIVE",
            },
            json =>
            {
                json.WriteString("floating_ip_address", address);
                json.WriteString("floating_network_id", PublicId);
                json.WriteString("router_id", server is null ? null : world.Uuid(projectId, 3));
                json.WriteString("port_id", port);
                json.WriteString("fixed_ip_address", server?.FixedAddress);
                json.WriteString("status", server is null ? "DOWN" : "ACTIVE");
                json.WriteString("description", "");
                json.WriteNull("qos_policy_id");
                PortDetails(json, server, projectId);
            }
        );
    }

    private void PortDetails(Utf8JsonWriter json, SandboxServer? server, string projectId)
    {
        if (server is null)
        {
            json.WriteNull("port_details");
            return;
        }
        json.WriteStartObject("port_details");
        json.WriteString("name", "");
        json.WriteString("network_id", world.Uuid(projectId, 0));
        json.WriteString("mac_address", server.MacAddress);
        json.WriteBoolean("admin_state_up", true);
        json.WriteString("status", "ACTIVE");
        json.WriteString("device_id", server.Id);
        json.WriteString("device_owner", "compute:nova");
        json.WriteEndObject();
    }

    private Task NetworkAsync(HttpContext context, Token token, string id)
    {
        var network =
            Networks(token).FirstOrDefault(n => n.Id == id)
            ?? throw new NeutronFault(404, "NetworkNotFound", $"Network {id} could not be found.");
        return Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WritePropertyName("network");
                Write(json, network);
                json.WriteEndObject();
            }
        );
    }

    private Task ListAsync(HttpContext context, string name, string[] filters, IEnumerable<Item> items)
    {
        var query = context.Request.Query;
        var unknown = query.Keys.Where(k => !Paging.Contains(k) && !filters.Contains(k)).ToList();
        if (unknown.Count > 0)
        {
            var listed = string.Join(", ", unknown.Select(k => $"'{k}'"));
            throw new NeutronFault(400, "HTTPBadRequest", $"[{listed}] is invalid attribute for filtering");
        }
        var limit = Limit(query);
        var found = items.Where(i => filters.All(f => !query.TryGetValue(f, out var value) || Has(i, f, value[^1])));
        if (query.TryGetValue("marker", out var marker))
        {
            found = After(found, marker[^1]);
        }
        var page = (limit is { } most ? found.Take(most) : found).ToList();
        return Answers.JsonAsync(context, 200, json => Page(json, context.Request, name, page, limit));
    }

    private static IEnumerable<Item> After(IEnumerable<Item> items, string? marker)
    {
        using var rest = items.GetEnumerator();
        do
        {
            if (!rest.MoveNext())
            {
                throw new NeutronFault(404, "NetworkNotFound", $"Network {marker} could not be found.");
            }
        } while (rest.Current.Id != marker);
        while (rest.MoveNext())
        {
            yield return rest.Current;
        }
    }

    private static bool Has(Item item, string field, string? value) =>
        field switch
        {
            "id" => item.Id == value,
            "project_id" or "tenant_id" => item.ProjectId == value,
            _ => string.Equals(item.Fields.GetValueOrDefault(field), value, StringComparison.OrdinalIgnoreCase),
        };

    /// <summary>Null: everything in one answer.</summary>
    private static int? Limit(IQueryCollection query)
    {
        if (!query.TryGetValue("limit", out var text))
        {
            return null;
        }
        return int.TryParse(text[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? (limit == 0 ? null : limit)
            : throw new NeutronFault(
                400,
                "BadRequest",
                $"Bad limit request: Limit must be an integer 0 or greater and not '{text[^1]}'."
            );
    }

    private void Page(Utf8JsonWriter json, HttpRequest request, string name, List<Item> page, int? limit)
    {
        json.WriteStartObject();
        json.WriteStartArray(name);
        foreach (var item in page)
        {
            Write(json, item);
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
            .Select(p => KeyValuePair.Create(p.Key, (string?)p.Value[^1]))
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

    private void Write(Utf8JsonWriter json, Item item)
    {
        json.WriteStartObject();
        json.WriteString("id", item.Id);
        json.WriteString("tenant_id", item.ProjectId);
        item.Write(json);
        json.WriteStartArray("tags");
        json.WriteEndArray();
        json.WriteString("created_at", Answers.Seconds(world.Start - TimeSpan.FromDays(100)));
        json.WriteString("updated_at", Answers.Seconds(world.Start - TimeSpan.FromDays(100)));
        json.WriteNumber("revision_number", 1);
        json.WriteString("project_id", item.ProjectId);
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
