using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Nova's API v2.1: servers for reading, flavors for reading and for admins.</summary>
internal sealed partial class Nova(SandboxOptions options, CloudWorld world, Tokens tokens, Endpoints endpoints)
{
    // Of pages, which are large.
    private readonly ConcurrentBag<ArrayBufferWriter<byte>> _buffers = [];

    public async Task HandleAsync(HttpContext context)
    {
        if (context.Request.Path != "/")
        {
            context.Response.Headers["x-compute-request-id"] = Answers.StampRequestId(context.Response);
        }
        try
        {
            await RouteAsync(context);
        }
        catch (NovaFault fault)
        {
            await Answers.JsonAsync(
                context,
                fault.Status,
                json =>
                {
                    json.WriteStartObject();
                    json.WriteStartObject(fault.Kind);
                    json.WriteNumber("code", fault.Status);
                    json.WriteString("message", fault.Message);
                    json.WriteEndObject();
                    json.WriteEndObject();
                },
                "application/json; charset=UTF-8"
            );
        }
    }

    private async Task RouteAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Trim('/').Split('/');
        if (path is [""])
        {
            await VersionsAsync(context);
            return;
        }
        if (path is ["v2.1"])
        {
            Negotiate(context);
            await VersionAsync(context);
            return;
        }
        if (tokens.Of(context.Request) is not { } token)
        {
            await Answers.UnauthorizedAsync(context, endpoints);
            return;
        }
        var microversion = Negotiate(context);
        var rest = WithoutProject(path[1..], token);
        await (
            (context.Request.Method, rest) switch
            {
                ("GET", ["servers", "detail"]) => ServersAsync(context, token, microversion, detail: true),
                ("GET", ["servers"]) => ServersAsync(context, token, microversion, detail: false),
                ("GET", ["servers", var id]) => ServerAsync(context, token, microversion, id),
                ("POST", ["servers"]) => MakeServerAsync(context, token, microversion),
                ("POST", ["servers", var id, "action"]) => ActAsync(context, token, id),
                ("POST", ["servers", var id, "os-volume_attachments"]) => AttachAsync(context, token, id),
                ("DELETE", ["servers", var id]) => DeleteServerAsync(context, token, id),
                ("GET", ["flavors", "detail"]) => FlavorsAsync(context, token, microversion, Flavor),
                ("GET", ["flavors"]) => FlavorsAsync(context, token, microversion, BriefFlavor),
                ("GET", ["flavors", var id]) => FlavorAsync(context, token, microversion, id),
                ("GET", ["flavors", var id, "os-extra_specs"]) => ExtraSpecsAsync(context, token, id),
                ("GET", ["os-hypervisors", "statistics"]) => StatisticsAsync(context, token, microversion),
                ("PUT", ["os-quota-sets", var project]) => SetQuotasAsync(context, token, microversion, project),
                (var method, ["flavors", .. var more]) => FlavorAdminAsync(context, token, microversion, method, more),
                ("GET", ["os-quota-sets", var project, "detail"]) => QuotasAsync(
                    context,
                    token,
                    microversion,
                    project,
                    detail: true
                ),
                ("GET", ["os-quota-sets", var project]) => QuotasAsync(
                    context,
                    token,
                    microversion,
                    project,
                    detail: false
                ),
                _ => NotRoutedAsync(context),
            }
        );
    }

    // Old catalogs have the project in the path.
    private static string[] WithoutProject(string[] path, Token token)
    {
        if (path is not [{ Length: 32 } project, ..] || !project.All(char.IsAsciiHexDigitLower))
        {
            return path;
        }
        return project == token.Project?.Id
            ? path[1..]
            : throw NovaFault.BadRequest(
                $"Malformed request URL: URL's project_id '{project}' doesn't match Context's project_id "
                    + $"'{token.Project?.Id ?? "None"}'"
            );
    }

    /// <summary>The number after <c>2.</c></summary>
    private int Negotiate(HttpContext context)
    {
        var wanted = Requested(context.Request);
        var answered = wanted == "latest" ? $"2.{options.ComputeMicroversion}" : wanted;
        var parts = answered.Split('.');
        if (parts.Length != 2 || !TryNumber(parts[0], out var major) || !TryNumber(parts[1], out var minor))
        {
            throw NovaFault.BadRequest(
                $"API Version String {wanted} is of invalid format. Must be of format MajorNum.MinorNum."
            );
        }
        var headers = context.Response.Headers;
        headers["OpenStack-API-Version"] = $"compute {answered}";
        headers["X-OpenStack-Nova-API-Version"] = answered;
        headers.Vary = new(["OpenStack-API-Version", "X-OpenStack-Nova-API-Version"]);
        return major == 2 && minor >= 1 && minor <= options.ComputeMicroversion
            ? minor
            : throw new NovaFault(
                406,
                "computeFault",
                $"Version {answered} is not supported by the API. Minimum is 2.1 and maximum is "
                    + $"2.{options.ComputeMicroversion}."
            );
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
        && (text.Length == 1 || text[0] != '0');

    private static string Requested(HttpRequest request)
    {
        foreach (var entry in request.Headers["OpenStack-API-Version"].ToString().Split(','))
        {
            if (entry.Trim().Split(' ') is ["compute", var version])
            {
                return version;
            }
        }
        string? old = request.Headers["X-OpenStack-Nova-API-Version"];
        return old ?? "2.1";
    }

    private async Task ServersAsync(HttpContext context, Token token, int microversion, bool detail)
    {
        var query = ServerQuery.Of(context.Request.Query, microversion, options.MaxLimit, token.IsAdmin, detail);
        var place = query.Marker is { } marker ? PlaceOf(marker) : (ServerPlace?)null;
        var servers = query.Empty ? [] : Select(token, query, place).Take(query.Limit);
        var shape = new ServerJson(
            world,
            Answers.Origin(context.Request),
            microversion,
            token.IsAdmin,
            options.TimeProvider.GetUtcNow()
        );
        // Whole and with its length, as Nova answers.
        var body = _buffers.TryTake(out var used) ? used : new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            WriteList(json, context.Request, query, servers, detail ? shape.Write : shape.WriteBrief, Seen);
        }
        await Answers.BytesAsync(context, 200, "application/json", body.WrittenMemory);
        body.ResetWrittenCount();
        _buffers.Add(body);
    }

    private static void WriteList(
        Utf8JsonWriter json,
        HttpRequest request,
        ServerQuery query,
        IEnumerable<SandboxServer> servers,
        Action<Utf8JsonWriter, SandboxServer> write,
        Action<SandboxServer> seen
    )
    {
        json.WriteStartObject();
        json.WriteStartArray("servers");
        SandboxServer? last = null;
        var count = 0;
        foreach (var server in servers)
        {
            write(json, server);
            seen(server);
            last = server;
            count++;
        }
        json.WriteEndArray();
        if (last is not null && count == query.Limit)
        {
            NextLink(json, "servers_links", request, last.Id.ToString());
        }
        json.WriteEndObject();
    }

    private static Task NotRoutedAsync(HttpContext context)
    {
        context.Response.Headers.Remove("OpenStack-API-Version");
        context.Response.Headers.Remove("X-OpenStack-Nova-API-Version");
        context.Response.Headers.Remove("Vary");
        return Answers.PageAsync(context, 404, "The resource could not be found.");
    }

    private ServerPlace PlaceOf(Guid marker) =>
        world.FindServer(marker) is { } server
            ? ServerPlace.Of(server)
            : throw NovaFault.BadRequest($"marker [{marker}] not found");

    private IEnumerable<SandboxServer> Select(Token token, ServerQuery query, ServerPlace? after)
    {
        IEnumerable<SandboxServer> found;
        if (query.AllTenants && query.ProjectId is null)
        {
            found = CloudWorld.Merge(
                world.Projects.Select(p => world.List(p.Id, after, query.Accepts, query.ChangesSince))
            );
        }
        else if ((query.ProjectId ?? token.Project?.Id) is { } project)
        {
            found = world.List(project, after, query.Accepts, query.ChangesSince);
        }
        else
        {
            // Without a project Nova selects by the user, who owns nothing here.
            found = [];
        }
        return found
            .Where(s => query.Image is null || s.ImageId == query.Image)
            .Where(s => query.Name is null || s.Name.Contains(query.Name, StringComparison.Ordinal));
    }

    private async Task ServerAsync(HttpContext context, Token token, int microversion, string id)
    {
        var server = Guid.TryParse(id, out var wanted) ? world.FindServer(wanted) : null;
        if (server is null || server.Deleted || (server.ProjectId != token.Project?.Id && !token.IsAdmin))
        {
            throw NovaFault.NotFound($"Instance {id} could not be found.");
        }
        var shape = new ServerJson(
            world,
            Answers.Origin(context.Request),
            microversion,
            token.IsAdmin,
            options.TimeProvider.GetUtcNow()
        );
        await Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WritePropertyName("server");
                shape.Write(json, server);
                json.WriteEndObject();
            }
        );
        Seen(server);
    }

    private static void NextLink(Utf8JsonWriter json, string name, HttpRequest request, string marker)
    {
        // The parameters in alphabetical order, as Nova writes them.
        var parameters = request
            .Query.Where(p => p.Key != "marker")
            .Select(p => KeyValuePair.Create(p.Key, (string?)p.Value[^1]))
            .Append(KeyValuePair.Create("marker", (string?)marker))
            .OrderBy(p => p.Key, StringComparer.Ordinal);
        Answers.Link(json, name, "next", $"{Answers.Origin(request)}{request.Path}{QueryString.Create(parameters)}");
    }
}
