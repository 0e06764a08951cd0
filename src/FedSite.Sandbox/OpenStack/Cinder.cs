using System.Globalization;
using System.Text.Json;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Cinder's API v3 at microversion 3.0: volumes with snapshots, their types and quotas.</summary>
internal sealed partial class Cinder(SandboxOptions options, CloudWorld world, Tokens tokens, Endpoints endpoints)
{
    private static readonly string[] Paging = ["limit", "marker", "offset", "sort", "sort_key", "sort_dir"];

    /// <summary>What everybody may filter by, and what admins may besides.</summary>
    private static readonly string[] Filters = ["name", "status"];
    private static readonly string[] AdminFilters = ["id", "project_id", "user_id", "size"];

    public async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Trim('/').Split('/');
        var requestId = Answers.StampRequestId(context.Response);
        if (path is not [""] && tokens.Of(context.Request) is null)
        {
            await Answers.UnauthorizedAsync(context, endpoints);
            return;
        }
        context.Response.Headers["x-compute-request-id"] = requestId;
        context.Response.Headers["OpenStack-API-Version"] = "volume 3.0";
        context.Response.Headers.Vary = "OpenStack-API-Version";
        if (path is [""] or ["v3"])
        {
            await VersionsAsync(context, path is [""] ? 300 : 200);
            return;
        }
        try
        {
            await (
                (context.Request.Method, path) switch
                {
                    ("GET", ["v3", "volumes", .. var rest]) => VolumesAsync(context, null, rest),
                    ("GET", ["v3", var project, "volumes", .. var rest]) => VolumesAsync(context, project, rest),
                    ("POST", ["v3", var project, "volumes"]) => MakeVolumeAsync(context, project),
                    ("POST", ["v3", var project, "volumes", var id, "action"]) => ActOnVolumeAsync(
                        context,
                        project,
                        id
                    ),
                    ("DELETE", ["v3", var project, "volumes", var id]) => DeleteVolumeAsync(context, project, id),
                    ("POST", ["v3", var project, "snapshots"]) => MakeSnapshotAsync(context, project),
                    ("GET", ["v3", var project, "snapshots", var id]) when id != "detail" => SnapshotAsync(
                        context,
                        project,
                        id
                    ),
                    ("POST", ["v3", var project, "snapshots", var id, "action"]) => ActOnSnapshotAsync(
                        context,
                        project,
                        id
                    ),
                    ("GET", ["v3", var project, "snapshots", "detail"]) => SnapshotsAsync(context, project),
                    ("DELETE", ["v3", var project, "snapshots", var id]) => DeleteSnapshotAsync(context, project, id),
                    ("GET", ["v3", var project, "types"]) => TypesAsync(context, project),
                    ("GET", ["v3", var project, "scheduler-stats", "get_pools"]) => PoolsAsync(context, project),
                    ("PUT", ["v3", var project, "os-quota-sets", var target]) => SetQuotasAsync(
                        context,
                        project,
                        target
                    ),
                    ("GET", ["v3", var project, "os-quota-sets", var target]) => QuotasAsync(context, project, target),
                    _ => Answers.PageAsync(context, 404, "The resource could not be found."),
                }
            );
        }
        catch (CinderFault fault)
        {
            await FaultAsync(context, fault);
        }
    }

    private sealed class CinderFault(int status, string message) : Exception(message)
    {
        public int Status { get; } = status;

        public static CinderFault NotFound(string id) => new(404, $"Volume {id} could not be found.");
    }

    /// <param name="context">Its request bears a valid token.</param>
    /// <param name="project">Of the URL; null when it names none.</param>
    /// <param name="rest">What follows <c>volumes</c> in the URL.</param>
    private Task VolumesAsync(HttpContext context, string? project, string[] rest)
    {
        var token = TokenFor(context, project);
        var shapes = new VolumeJson(Answers.Origin(context.Request), project, token.IsAdmin);
        return rest switch
        {
            [] => ListAsync(context, token, shapes.WriteBrief),
            ["detail"] => ListAsync(context, token, shapes.Write),
            [var id] => ShowAsync(context, token, shapes, id),
            _ => Answers.PageAsync(context, 404, "The resource could not be found."),
        };
    }

    private Token TokenFor(HttpContext context, string? project)
    {
        var token = tokens.Of(context.Request)!;
        return project is null || project == token.Project?.Id
            ? token
            : throw new CinderFault(400, "Malformed request url");
    }

    private SandboxVolume Find(Token token, string id) =>
        world.Volumes.Find(id) is { } volume && (token.IsAdmin || volume.ProjectId == token.Project?.Id)
            ? volume
            : throw CinderFault.NotFound(id);

    private Task ShowAsync(HttpContext context, Token token, VolumeJson shapes, string id)
    {
        var volume = Find(token, id);
        return Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WritePropertyName("volume");
                shapes.Write(json, volume);
                world.Seen(volume);
                json.WriteEndObject();
            }
        );
    }

    private Task ListAsync(HttpContext context, Token token, Action<Utf8JsonWriter, SandboxVolume> write)
    {
        var query = context.Request.Query;
        var limit = Math.Min(Number(query, "limit") ?? options.MaxLimit, options.MaxLimit);
        var last = query.TryGetValue("marker", out var marker) ? Find(token, marker[^1] ?? "") : null;
        var everywhere = Boolean(query, "all_tenants") && token.IsAdmin;
        var page = world
            .Volumes.List(world.Projects.Select(p => p.Id).Where(p => everywhere || p == token.Project?.Id), last)
            .Where(v => token.IsAdmin || v.MigrationStatus?.StartsWith("target:", StringComparison.Ordinal) != true)
            .Where(v => Passes(v, query, token.IsAdmin))
            .Skip(Number(query, "offset") ?? 0)
            .Take(limit)
            .ToList();
        return Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("volumes");
                page.ForEach(volume =>
                {
                    write(json, volume);
                    world.Seen(volume);
                });
                json.WriteEndArray();
                if (page.Count == limit && page.Count > 0)
                {
                    Answers.Link(json, "volumes_links", "next", Next(context.Request, page[^1].Id));
                }
                json.WriteEndObject();
            }
        );
    }

    /// <summary>A filter that Cinder does not know shows an admin nothing; for others it does not exist.</summary>
    private static bool Passes(SandboxVolume volume, IQueryCollection query, bool admin) =>
        query.All(filter =>
            Paging.Contains(filter.Key)
            || filter.Key == "all_tenants"
            || (
                admin
                    ? Value(volume, filter.Key) is { } value && value == filter.Value[^1]
                    : !Filters.Contains(filter.Key) || Value(volume, filter.Key) == filter.Value[^1]
            )
        );

    private static string? Value(SandboxVolume volume, string filter) =>
        filter switch
        {
            "name" => volume.Name,
            "status" => volume.Status,
            "id" => volume.Id,
            "project_id" => volume.ProjectId,
            "user_id" => volume.UserId,
            "size" => volume.SizeGiB.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };

    private static int? Number(IQueryCollection query, string name)
    {
        if (!query.TryGetValue(name, out var text))
        {
            return null;
        }
        if (!int.TryParse(text[^1], CultureInfo.InvariantCulture, out var number))
        {
            throw new CinderFault(400, $"{name} param must be an integer");
        }
        return number >= 0 ? number : throw new CinderFault(400, $"{name} param must be positive");
    }

    private static bool Boolean(IQueryCollection query, string name)
    {
        if (!query.TryGetValue(name, out var values))
        {
            return false;
        }
        return values[^1]?.ToLowerInvariant() switch
        {
            "1" or "t" or "true" or "on" or "y" or "yes" => true,
            "0" or "f" or "false" or "off" or "n" or "no" => false,
            _ => throw new CinderFault(400, $"Value '{values[^1]}' for '{name}' is not a boolean."),
        };
    }

    private static string Next(HttpRequest request, string marker)
    {
        var parameters = request
            .Query.Where(p => p.Key != "marker")
            .Select(p => KeyValuePair.Create(p.Key, p.Value[^1]))
            .Append(KeyValuePair.Create("marker", (string?)marker));
        return $"{Answers.Origin(request)}{request.Path}{QueryString.Create(parameters)}";
    }

    private static Task VersionsAsync(HttpContext context, int status) =>
        Answers.JsonAsync(
            context,
            status,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("versions");
                json.WriteStartObject();
                json.WriteString("id", "v3.0");
                json.WriteString("status", "CURRENT");
                json.WriteString("version", "3.70");
                json.WriteString("min_version", "3.0");
                json.WriteString("updated", "2022-08-31T00:00:00Z");
                Answers.Link(json, "links", "self", $"{Answers.Origin(context.Request)}/v3/");
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();
            }
        );

    private static Task FaultAsync(HttpContext context, CinderFault fault) =>
        Answers.JsonAsync(
            context,
            fault.Status,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartObject(
                    fault.Status switch
                    {
                        403 => "forbidden",
                        404 => "itemNotFound",
                        413 => "overLimit",
                        _ => "badRequest",
                    }
                );
                json.WriteNumber("code", fault.Status);
                json.WriteString("message", fault.Message);
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );
}
