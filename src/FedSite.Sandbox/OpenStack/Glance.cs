using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Glance's API v2: the image catalogue, and its images' content.</summary>
internal sealed partial class Glance(SandboxOptions options, CloudWorld world, Tokens tokens, Endpoints endpoints)
{
    private const int DefaultLimit = 25;
    private const int MaxLimit = 1000;
    private static readonly string[] Visibilities = ["public", "private", "shared", "community", "all"];
    private static readonly string[] Answered = ["pending", "accepted", "rejected", "all"];

    public async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Trim('/').Split('/');
        if (path is [""] or ["versions"])
        {
            await VersionsAsync(context, path is [""] ? 300 : 200);
            return;
        }
        if (tokens.Of(context.Request) is not { } token)
        {
            context.Response.Headers.WWWAuthenticate = $"Keystone uri=\"{endpoints.Identity}/v3\"";
            await Answers.PageAsync(
                context,
                401,
                "This server could not verify that you are authorized to access the document you requested. Either "
                    + "you supplied the wrong credentials (e.g., bad password), or your browser does not understand "
                    + "how to supply the credentials required."
            );
            return;
        }
        Answers.StampRequestId(context.Response);
        if (path is ["v2"] && !context.Request.Path.Value.EndsWith('/'))
        {
            context.Response.StatusCode = 302;
            context.Response.ContentType = "text/plain; charset=utf8";
            context.Response.Headers.Location = $"{Answers.Origin(context.Request)}/v2/";
            return;
        }
        try
        {
            await RouteAsync(context, token, path);
        }
        catch (GlanceFault fault)
        {
            await Answers.PageAsync(context, fault.Status, fault.Message);
        }
    }

    private Task RouteAsync(HttpContext context, Token token, string[] path) =>
        (context.Request.Method, path) switch
        {
            ("GET", ["v2", "info", "usage"]) => UsageAsync(context, token),
            ("GET", ["v2", "images"]) => ImagesAsync(context, token),
            ("POST", ["v2", "images"]) => CreateAsync(context, token),
            ("GET", ["v2", "images", var id]) => ImageAsync(context, 200, Visible(token, id)),
            ("PATCH", ["v2", "images", var id]) => UpdateAsync(context, token, id),
            ("DELETE", ["v2", "images", var id]) => DeleteAsync(context, token, id),
            ("GET", ["v2", "images", var id, "file"]) => DownloadAsync(context, Visible(token, id)),
            ("PUT", ["v2", "images", var id, "file"]) => UploadAsync(context, token, id),
            ("GET", ["v2", "images", var id, "members"]) => MembersAsync(context, token, id),
            ("POST", ["v2", "images", var id, "members"]) => AddMemberAsync(context, token, id),
            ("GET", ["v2", "images", var id, "members", var member]) => MemberAsync(context, token, id, member),
            ("PUT", ["v2", "images", var id, "members", var member]) => AnswerAsync(context, token, id, member),
            ("DELETE", ["v2", "images", var id, "members", var member]) => RemoveMemberAsync(
                context,
                token,
                id,
                member
            ),
            _ => Answers.PageAsync(context, 404, "The resource could not be found."),
        };

    private Task ImagesAsync(HttpContext context, Token token)
    {
        var query = context.Request.Query;
        string? visibility = query["visibility"];
        if (visibility is not null && !Visibilities.Contains(visibility))
        {
            return Answers.PageAsync(context, 400, $"Invalid visibility value: {visibility}");
        }
        var membership = (string?)query["member_status"] ?? "accepted";
        if (!Answered.Contains(membership))
        {
            return Answers.PageAsync(context, 400, $"Invalid status: {membership}");
        }
        var hidden = ((string?)query["os_hidden"] ?? "false").ToLowerInvariant();
        if (hidden is not ("true" or "false"))
        {
            return Answers.PageAsync(
                context,
                400,
                $"Invalid value '{hidden}' for 'os_hidden' filter. Valid values are 'true' or 'false'."
            );
        }
        var limit = DefaultLimit;
        if (query.TryGetValue("limit", out var wanted))
        {
            if (!int.TryParse(wanted[^1], CultureInfo.InvariantCulture, out limit))
            {
                return Answers.PageAsync(context, 400, "limit param must be an integer");
            }
            if (limit < 0)
            {
                return Answers.PageAsync(context, 400, "limit param must be positive");
            }
        }
        limit = Math.Min(limit, MaxLimit);
        var images = world
            .Images.Where(i => i.Hidden == (hidden == "true"))
            .Where(i => IsVisible(i, token, membership) && IsWanted(i, token, visibility))
            .Where(i => Matches(i, query));
        if (query.TryGetValue("marker", out var marker))
        {
            if (world.FindImage(marker[^1] ?? "") is not { } last)
            {
                return Answers.PageAsync(context, 400, $"No image found with ID {marker[^1]}");
            }
            images = images.Where(i => string.CompareOrdinal(i.Id, last.Id) > 0);
        }
        var page = images.Take(limit).ToList();
        return Answers.JsonAsync(context, 200, json => Page(json, context.Request, page, limit));
    }

    private void Page(Utf8JsonWriter json, HttpRequest request, List<SandboxImage> page, int limit)
    {
        json.WriteStartObject();
        json.WriteStartArray("images");
        foreach (var image in page)
        {
            Image(json, image);
        }
        json.WriteEndArray();
        var others = request
            .Query.Where(p => p.Key != "marker")
            .Select(p => KeyValuePair.Create(p.Key, (string?)p.Value[^1]))
            .ToList();
        json.WriteString("first", $"/v2/images{QueryString.Create(others)}");
        json.WriteString("schema", "/v2/schemas/images");
        if (page.Count > 0 && page.Count == limit)
        {
            others.Add(KeyValuePair.Create("marker", (string?)page[^1].Id));
            json.WriteString("next", $"/v2/images{QueryString.Create(others)}");
        }
        json.WriteEndObject();
    }

    /// <summary>An admin sees all, whoever it is shared with; an owner's own images need no membership.</summary>
    private static bool IsVisible(SandboxImage image, Token token, string membership)
    {
        if (token.IsAdmin || image.OwnerId == token.Project?.Id || image.Visibility is "public" or "community")
        {
            return true;
        }
        return image.Visibility == "shared"
            && token.Project is { } project
            && image.Members.TryGetValue(project.Id, out var answer)
            && (membership == "all" || membership == answer);
    }

    private static bool IsWanted(SandboxImage image, Token token, string? visibility) =>
        visibility switch
        {
            null => image.Visibility != "community" || image.OwnerId == token.Project?.Id,
            "all" => true,
            _ => image.Visibility == visibility,
        };

    private static bool Matches(SandboxImage image, IQueryCollection query) =>
        query.All(p =>
            p.Key switch
            {
                "limit" or "marker" or "visibility" or "sort" or "sort_key" or "sort_dir" => true,
                "member_status" or "os_hidden" => true,
                "name" => image.Name == p.Value,
                "id" => image.Id == p.Value,
                "owner" => image.OwnerId == p.Value,
                "status" => image.Status == p.Value,
                "tag" => p.Value.All(tag => image.Tags.Contains(tag)),
                _ => image.Properties.TryGetValue(p.Key, out var value) && value == p.Value,
            }
        );

    private Task ImageAsync(HttpContext context, int status, SandboxImage image) =>
        Answers.JsonAsync(context, status, json => Image(json, image));

    private SandboxImage Visible(Token token, string id) => Visible(token, id, $"No image found with ID {id}");

    private SandboxImage Visible(Token token, string id, string missing) =>
        world.FindImage(id) is { } image && IsVisible(image, token, "all")
            ? image
            : throw new GlanceFault(404, missing);

    private static bool Owns(Token token, SandboxImage image) => token.IsAdmin || image.OwnerId == token.Project?.Id;

    private void Image(Utf8JsonWriter json, SandboxImage image)
    {
        var created = image.Created ?? world.Start - TimeSpan.FromDays(120);
        var queued = !image.HasData;
        json.WriteStartObject();
        foreach (var (key, value) in image.Properties)
        {
            json.WriteString(key, value);
        }
        json.WriteString("name", image.Name);
        json.WriteString("disk_format", image.DiskFormat);
        json.WriteString("container_format", image.ContainerFormat);
        json.WriteString("visibility", image.Visibility);
        json.WritePropertyName("size");
        if (queued)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteNumberValue(image.Size);
        }
        json.WriteNull("virtual_size");
        json.WriteString("status", image.Status);
        json.WriteString("checksum", queued ? null : image.Md5 ?? image.Id.Replace("-", "", StringComparison.Ordinal));
        json.WriteBoolean("protected", image.Protected);
        json.WriteNumber("min_ram", image.MinRam);
        json.WriteNumber("min_disk", image.MinDisk);
        json.WriteString("owner", image.OwnerId);
        json.WriteBoolean("os_hidden", image.Hidden);
        json.WriteString("os_hash_algo", queued ? null : "sha512");
        json.WriteString(
            "os_hash_value",
            queued ? null : image.Sha512 ?? Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(image.Id)))
        );
        json.WriteString("id", image.Id);
        json.WriteString("created_at", Answers.Seconds(created));
        json.WriteString("updated_at", Answers.Seconds(image.Updated ?? created));
        json.WriteStartArray("tags");
        foreach (var tag in image.Tags)
        {
            json.WriteStringValue(tag);
        }
        json.WriteEndArray();
        json.WriteString("self", $"/v2/images/{image.Id}");
        json.WriteString("file", $"/v2/images/{image.Id}/file");
        json.WriteString("schema", "/v2/schemas/image");
        if (!queued)
        {
            json.WriteString("stores", "disk");
        }
        json.WriteEndObject();
    }

    private static Task VersionsAsync(HttpContext context, int status) =>
        Answers.JsonAsync(
            context,
            status,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("versions");
                for (var minor = 15; minor >= 0; minor--)
                {
                    json.WriteStartObject();
                    json.WriteString("id", string.Create(CultureInfo.InvariantCulture, $"v2.{minor}"));
                    json.WriteString("status", minor == 15 ? "CURRENT" : "SUPPORTED");
                    Answers.Link(json, "links", "self", $"{Answers.Origin(context.Request)}/v2/");
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
        );
}
