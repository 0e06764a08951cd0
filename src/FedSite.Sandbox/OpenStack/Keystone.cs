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

    public async Task HandleAsync(HttpContext context)
    {
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
            ("GET" or "POST", ["v3", "OS-FEDERATION", "identity_providers", "egi.eu", "protocols", "openid", "auth"]) =>
                FederatedAsync(context),
            ("GET", ["v3", "auth", "catalog"]) => CatalogAsync(context),
            ("GET", ["v3", "auth", "projects" or "domains" or "system"]) => MineAsync(context, path[2]),
            ("GET", ["v3", "OS-FEDERATION", "projects"]) => MineAsync(context, "projects"),
            ("GET", ["v3", "projects"]) => ProjectsAsync(context),
            ("GET", ["v3", "projects", var id]) => ProjectAsync(context, id),
            ("GET", ["v3", "users"]) => UsersAsync(context),
            ("GET", ["v3", "users", var id]) => UserAsync(context, id),
            ("GET", ["v3", "users", var id, "projects"]) => ProjectsOfAsync(context, id),
            ("GET", ["v3", "domains"]) => DomainsAsync(context),
            ("GET", ["v3", "domains", var id]) => DomainAsync(context, id),
            _ => Answers.TextAsync(context, 404, "text/html; charset=utf-8", NotFoundPage),
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

    private Task VersionAsync(HttpContext context) => OneAsync(context, "version", shapes.Version);

    private async Task IssueAsync(HttpContext context)
    {
        var token = await _auth.AuthenticateAsync(context);
        await TokenAsync(context, 201, token, !context.Request.Query.ContainsKey("nocatalog"));
    }

    private Task FederatedAsync(HttpContext context)
    {
        var user =
            context.Request.Headers.Authorization == $"Bearer {FederationSandbox.AccessToken}"
                ? world.FederatedUser
                : null;
        return TokenAsync(context, 201, _auth.Federated(user ?? throw KeystoneFault.Unauthorized()), catalog: false);
    }

    private Task ValidateAsync(HttpContext context)
    {
        var caller = Caller(context);
        string? subject = context.Request.Headers["X-Subject-Token"];
        if (subject is null)
        {
            throw ReadsSystem(caller)
                ? new KeystoneFault(404, "No token in the request")
                : KeystoneFault.Forbidden("identity:validate_token");
        }
        var token = tokens.Find(subject) ?? throw new KeystoneFault(404, "Could not recognize Fernet token");
        if (token.User.Id != caller.User.Id && !ReadsSystem(caller))
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
                world.Domains.Where(d => world.RolesIn(user, d.Id).Count > 0),
                shapes.Domain
            ),
            _ => SystemAsync(context, world.RolesIn(user, CloudWorld.SystemScope).Count > 0),
        };
    }

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

    private Task ProjectsAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var caller = Caller(context);
        string? domain = query["domain_id"];
        if (!SeesAll(caller) && !ReadsDomain(caller, domain))
        {
            throw KeystoneFault.Forbidden("identity:list_projects");
        }
        var tags = Tags(query["tags"]);
        var any = Tags(query["tags-any"]);
        string? name = query["name"];
        string? enabled = query["enabled"];
        var found = world.Projects.Where(p =>
            (domain is null || p.DomainId == domain)
            && (name is null || string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase))
            && (enabled is null || p.Enabled == !IsFalse(enabled))
            && tags.All(p.Tags.Contains)
            && (any.Length == 0 || any.Any(p.Tags.Contains))
        );
        return ListAsync(context, "projects", found, shapes.Project);
    }

    private static string[] Tags(string? query) => query?.Split(',') ?? [];

    private static bool IsFalse(string value) => value is "0" or "false" or "False";

    private Task ProjectAsync(HttpContext context, string id)
    {
        var caller = Caller(context);
        var project = world.FindProject(id);
        var allowed =
            SeesAll(caller)
            || (project is not null && (caller.Project?.Id == id || ReadsDomain(caller, project.DomainId)));
        // Without the right, a project that does not exist is forbidden too.
        return !allowed ? throw KeystoneFault.Forbidden("identity:get_project")
            : project is null ? throw new KeystoneFault(404, $"Could not find project: {id}.")
            : OneAsync(context, "project", json => shapes.Project(json, project));
    }

    private Task UsersAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var caller = Caller(context);
        string? domain = query["domain_id"];
        if (!SeesAll(caller) && !ReadsDomain(caller, domain))
        {
            throw KeystoneFault.Forbidden("identity:list_users");
        }
        string? name = query["name"];
        var found = world.Users.Where(u =>
            (name is null || u.Name == name) && (domain is null || u.DomainId == domain)
        );
        return ListAsync(context, "users", found, shapes.User);
    }

    private Task UserAsync(HttpContext context, string id)
    {
        var caller = Caller(context);
        var user = world.FindUser(id);
        var allowed =
            SeesAll(caller) || caller.User.Id == id || (user is not null && ReadsDomain(caller, user.DomainId));
        return !allowed ? throw KeystoneFault.Forbidden("identity:get_user")
            : user is null ? throw new KeystoneFault(404, $"Could not find user: {id}.")
            : OneAsync(context, "user", json => shapes.User(json, user));
    }

    private Task ProjectsOfAsync(HttpContext context, string id)
    {
        var caller = Caller(context);
        return caller.User.Id == id || ReadsSystem(caller)
            ? ListAsync(
                context,
                "projects",
                world.Projects.Where(p => world.RolesIn(id, p.Id).Count > 0),
                shapes.Project
            )
            : throw KeystoneFault.Forbidden("identity:list_user_projects");
    }

    private Task DomainsAsync(HttpContext context)
    {
        if (!ReadsSystem(Caller(context)))
        {
            throw KeystoneFault.Forbidden("identity:list_domains");
        }
        string? name = context.Request.Query["name"];
        return ListAsync(context, "domains", world.Domains.Where(d => name is null || d.Name == name), shapes.Domain);
    }

    private Task DomainAsync(HttpContext context, string id)
    {
        var caller = Caller(context);
        var domain = world.Domains.FirstOrDefault(d => d.Id == id);
        var own = domain is not null && (caller.Project?.DomainId == id || caller.Domain?.Id == id);
        return !own && !ReadsSystem(caller) ? throw KeystoneFault.Forbidden("identity:get_domain")
            : domain is null ? throw new KeystoneFault(404, $"Could not find domain: {id}.")
            : OneAsync(context, "domain", json => shapes.Domain(json, domain));
    }

    private static Task OneAsync(HttpContext context, string name, Action<Utf8JsonWriter> write) =>
        Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WritePropertyName(name);
                write(json);
                json.WriteEndObject();
            }
        );

    private Task ListAsync<T>(
        HttpContext context,
        string name,
        IEnumerable<T> items,
        Action<Utf8JsonWriter, T> write
    ) =>
        Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray(name);
                foreach (var item in items)
                {
                    write(json, item);
                }
                json.WriteEndArray();
                json.WriteStartObject("links");
                json.WriteNull("next");
                json.WriteString("self", $"{endpoints.Identity}{context.Request.Path}{context.Request.QueryString}");
                json.WriteNull("previous");
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );

    private Token Caller(HttpContext context) => tokens.Of(context.Request) ?? throw KeystoneFault.Unauthorized();

    private static bool ReadsSystem(Token token) =>
        token.IsAdmin || (token.Scope == ScopeKind.System && token.Roles.Contains("reader"));

    private static bool SeesAll(Token token) => ReadsSystem(token) || token.Roles.Contains("accounting");

    private static bool ReadsDomain(Token token, string? domainId) =>
        domainId is not null && token.Domain?.Id == domainId && token.Roles.Contains("reader");

    private static void WriteFault(Utf8JsonWriter json, KeystoneFault fault)
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteNumber("code", fault.Status);
        json.WriteString("message", fault.Message);
        json.WriteString(
            "title",
            fault.Status switch
            {
                400 => "Bad Request",
                401 => "Unauthorized",
                403 => "Forbidden",
                _ => "Not Found",
            }
        );
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
