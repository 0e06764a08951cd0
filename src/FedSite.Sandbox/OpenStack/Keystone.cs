using System.Text.Json;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Keystone's API v3, with the policy of a site that has a role <c>accounting</c>.</summary>
internal sealed class Keystone(CloudWorld world, Tokens tokens, KeystoneJson shapes, Endpoints endpoints)
{
    private const string NotFoundPage =
        "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was "
        + "not found on the server. If you entered the URL manually please check your spelling and try again.</p>\n";

    private readonly KeystoneAuth _auth = new(world, tokens);
    private readonly KeystoneLogin _login = new(world, tokens);
    private readonly WebServer _webServer = new(world, endpoints);
    private readonly Lock _change = new();
    private readonly Func<KeystoneCall, KeystoneAnswer?>[] _areas =
    [
        new KeystoneProjects(world, shapes).Answer,
        new KeystoneUsers(world, shapes).Answer,
        new KeystoneGroups(world, shapes).Answer,
        new KeystoneAssignments(world, shapes).Answer,
        new KeystoneDomains(world, shapes).Answer,
        new KeystoneFederation(world, shapes).Answer,
        new KeystoneMappings(world, shapes).Answer,
        new KeystoneLimits(world, shapes).Answer,
    ];

    public async Task HandleAsync(HttpContext context)
    {
        if (await _webServer.AnswersAsync(context))
        {
            return;
        }
        Answers.StampRequestId(context.Response);
        context.Response.Headers.Vary = "X-Auth-Token";
        try
        {
            await RouteAsync(context);
        }
        catch (KeystoneFault fault)
        {
            if (fault.Status == 401)
            {
                context.Response.Headers.WWWAuthenticate = $"Keystone uri=\"{endpoints.Identity}/v3\"";
            }
            await Answers.JsonAsync(context, fault.Status, json => WriteFault(json, fault));
        }
    }

    private Task RouteAsync(HttpContext context)
    {
        var request = context.Request;
        var path = request.Path.Value!.Trim('/').Split('/');
        return (request.Method, path) switch
        {
            (_, [""]) => VersionsAsync(context),
            (_, ["v3"]) => VersionAsync(context),
            ("POST", ["v3", "auth", "tokens"]) => IssueAsync(context),
            ("GET" or "HEAD", ["v3", "auth", "tokens"]) => ValidateAsync(context),
            (
                "GET"
                    or "POST",
                ["v3", "OS-FEDERATION", "identity_providers", var idp, "protocols", var protocol, "auth"]
            ) => FederatedAsync(context, idp, protocol),
            (
                _,
                ["v3", "auth", "OS-FEDERATION", "websso", _]
                    or ["v3", "auth", "OS-FEDERATION", "identity_providers", _, "protocols", _, "websso"]
            ) => throw KeystoneFault.Unauthorized(),
            ("GET", ["v3", "auth", "catalog"]) => CatalogAsync(context),
            ("GET", ["v3", "auth", "projects" or "domains" or "system"]) => MineAsync(context, path[2]),
            ("GET", ["v3", "OS-FEDERATION", "projects"]) => MineAsync(context, "projects"),
            (_, ["v3", .. var rest]) => DirectoryAsync(context, rest),
            _ => NotFoundAsync(context),
        };
    }

    private Task VersionsAsync(HttpContext context)
    {
        context.Response.Headers.Location = $"{endpoints.Identity}/v3/";
        return Answers.JsonAsync(
            context,
            300,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartObject("versions");
                json.WriteStartArray("values");
                shapes.Version(json);
                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );
    }

    private Task VersionAsync(HttpContext context) =>
        WriteAsync(context, KeystoneAnswer.One(200, "version", shapes.Version));

    private async Task IssueAsync(HttpContext context)
    {
        var token = await _auth.AuthenticateAsync(context);
        await TokenAsync(context, 201, token, !context.Request.Query.ContainsKey("nocatalog"));
    }

    private Task FederatedAsync(HttpContext context, string idp, string protocol) =>
        TokenAsync(context, 201, _login.Federated(context.Request, idp, protocol), catalog: false);

    private async Task DirectoryAsync(HttpContext context, string[] path)
    {
        if (await AnswerAsync(context, path) is { } answer)
        {
            await WriteAsync(context, answer);
            return;
        }
        await NotFoundAsync(context);
    }

    private static Task NotFoundAsync(HttpContext context) =>
        Answers.TextAsync(context, 404, "text/html; charset=utf-8", NotFoundPage);

    private Task ValidateAsync(HttpContext context)
    {
        var caller = Caller(context);
        string? subject = context.Request.Headers["X-Subject-Token"];
        if (subject is null)
        {
            throw caller.ReadsSystem
                ? new KeystoneFault(404, "No token in the request")
                : KeystoneFault.Forbidden("identity:validate_token");
        }
        var token = tokens.Find(subject) ?? throw new KeystoneFault(404, "Could not recognize Fernet token");
        if (token.User.Id != caller.User.Id && !caller.ReadsSystem)
        {
            throw KeystoneFault.Forbidden("identity:validate_token");
        }
        return TokenAsync(context, 200, token, !context.Request.Query.ContainsKey("nocatalog"));
    }

    private Task TokenAsync(HttpContext context, int status, Token token, bool catalog)
    {
        context.Response.Headers["X-Subject-Token"] = token.Id;
        return Answers.JsonAsync(context, status, json => shapes.Token(json, token, catalog));
    }

    private Task CatalogAsync(HttpContext context)
    {
        var caller = Caller(context);
        if (caller.Scope is not (ScopeKind.Project or ScopeKind.Domain))
        {
            throw new KeystoneFault(403, "You are not authorized to perform the requested action.");
        }
        return Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                shapes.Catalog(json, caller.Project);
                json.WriteStartObject("links");
                json.WriteString("self", $"{endpoints.Identity}/v3/auth/catalog");
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );
    }

    private Task MineAsync(HttpContext context, string what)
    {
        var user = Caller(context).User.Id;
        return what switch
        {
            "projects" => ListAsync(
                context,
                what,
                world.Projects.Where(p => p.Enabled && world.RolesIn(user, p.Id).Count > 0),
                shapes.Project
            ),
            "domains" => ListAsync(
                context,
                what,
                world.Domains.Where(d => d.Enabled && world.RolesIn(user, d.Id).Count > 0),
                shapes.Domain
            ),
            _ => SystemAsync(context, world.RolesIn(user, CloudWorld.SystemScope).Count > 0),
        };
    }

    private Task ListAsync<T>(
        HttpContext context,
        string name,
        IEnumerable<T> items,
        Action<Utf8JsonWriter, T> write
    ) => WriteAsync(context, KeystoneAnswer.List(name, items, write, shapes.Self(context.Request)));

    private Task SystemAsync(HttpContext context, bool all) =>
        Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("system");
                if (all)
                {
                    json.WriteStartObject();
                    json.WriteBoolean("all", true);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteStartObject("links");
                json.WriteString("self", $"{endpoints.Identity}/v3/auth/system");
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );

    private async Task<KeystoneAnswer?> AnswerAsync(HttpContext context, string[] path)
    {
        using var body = Parse(context.Request, await Answers.ReadBodyAsync(context));
        var call = new KeystoneCall(
            context.Request,
            path,
            tokens.Of(context.Request),
            body?.RootElement ?? KeystoneSchema.Empty
        );
        // One change at a time: what is looked at before it must still hold.
        lock (_change)
        {
            return _areas.Select(area => area(call)).FirstOrDefault(answer => answer is not null);
        }
    }

    private static JsonDocument? Parse(HttpRequest request, byte[] body)
    {
        if (body.Length == 0)
        {
            return null;
        }
        if (!string.IsNullOrEmpty(request.ContentType) && !request.HasJsonContentType())
        {
            throw KeystoneFault.Malformed("Expecting to find application/json in Content-Type header.");
        }
        return KeystoneBody.Parse(body);
    }

    private static Task WriteAsync(HttpContext context, KeystoneAnswer answer)
    {
        if (answer.Write is not null)
        {
            return Answers.JsonAsync(context, answer.Status, answer.Write);
        }
        context.Response.StatusCode = answer.Status;
        return Task.CompletedTask;
    }

    private Token Caller(HttpContext context) => tokens.Of(context.Request) ?? throw KeystoneFault.Unauthorized();

    private static void WriteFault(Utf8JsonWriter json, KeystoneFault fault)
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteNumber("code", fault.Status);
        if (fault.Methods is not null)
        {
            json.WriteStartObject("identity");
            json.WriteStartArray("methods");
            foreach (var method in fault.Methods)
            {
                json.WriteStringValue(method);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteString("message", fault.Message);
        json.WriteString(
            "title",
            fault.Status switch
            {
                400 => "Bad Request",
                401 => "Unauthorized",
                403 => "Forbidden",
                409 => "Conflict",
                500 => "Internal Server Error",
                _ => "Not Found",
            }
        );
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
