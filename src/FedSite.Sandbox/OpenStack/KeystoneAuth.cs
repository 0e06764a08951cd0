using System.Text.Json;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <summary><c>POST /v3/auth/tokens</c>: who is it, and for what scope.</summary>
internal sealed class KeystoneAuth(CloudWorld world, Tokens tokens)
{
    public async Task<Token> AuthenticateAsync(HttpContext context)
    {
        var body = await Answers.ReadBodyAsync(context);
        using var document =
            body.Length > 0
                ? KeystoneBody.Parse(body)
                : throw KeystoneFault.Malformed("Expecting to find auth in request body.");
        var auth = Member(document.RootElement, "auth", "request body");
        var identity = Member(auth, "identity", "auth");
        var method = FirstMethod(identity);
        if (!world.Federation.AuthMethods.Contains(method))
        {
            throw Unsupported();
        }
        if (!identity.TryGetProperty(method, out var proof))
        {
            throw KeystoneFault.Malformed($"Expecting to find {method} in identity.");
        }
        return method switch
        {
            "password" => Scoped(auth, ByPassword(Member(proof, "user", "password")), method, null),
            "token" => ByToken(auth, proof),
            "application_credential" when auth.TryGetProperty("scope", out _) => throw new KeystoneFault(
                401,
                "Error authenticating with application credential: Application credentials cannot request a scope."
            ),
            "application_credential" => ByApplicationCredential(proof),
            "mapped" or "openid" => throw Mapped(proof),
            _ => throw KeystoneFault.Unauthorized(),
        };
    }

    private KeystoneFault Unsupported() =>
        new(401, "Attempted to authenticate with an unsupported method.") { Methods = world.Federation.AuthMethods };

    /// <summary>A federated login comes by its own URL; here nobody vouches for the claims.</summary>
    private KeystoneFault Mapped(JsonElement proof) =>
        Text(proof, "identity_provider") is not { } idp
            ? KeystoneFault.Malformed("Expecting to find identity_provider in mapped.")
        : world.Federation.FindIdentityProvider(idp) is null ? KeystoneFault.NotFound("Identity Provider", idp)
        : KeystoneFault.Unauthorized();

    private static JsonElement Member(JsonElement parent, string name, string where) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var found)
            ? found
            : throw KeystoneFault.Malformed($"Expecting to find {name} in {where}.");

    private static string FirstMethod(JsonElement identity)
    {
        var methods = Member(identity, "methods", "identity");
        return methods.ValueKind == JsonValueKind.Array && methods.GetArrayLength() > 0
            ? methods[0].GetString() ?? ""
            : throw KeystoneFault.Unauthorized();
    }

    private SandboxUser ByPassword(JsonElement wanted)
    {
        var user = FindUser(wanted);
        var password = Text(wanted, "password");
        return user is { Enabled: true, Password: not null } && user.Password == password
            ? user
            : throw KeystoneFault.Unauthorized();
    }

    private SandboxUser? FindUser(JsonElement wanted)
    {
        if (Text(wanted, "id") is { } id)
        {
            return world.FindUser(id);
        }
        var name = Text(wanted, "name");
        return world.FindUser(name, FindDomain(wanted)?.Id);
    }

    private SandboxDomain? FindDomain(JsonElement parent)
    {
        if (!parent.TryGetProperty("domain", out var domain))
        {
            return null;
        }
        var id = Text(domain, "id");
        var name = Text(domain, "name");
        return world.Domains.FirstOrDefault(d => id is null ? d.Name == name : d.Id == id);
    }

    private Token ByToken(JsonElement auth, JsonElement proof)
    {
        var parent = tokens.Find(Text(proof, "id")) ?? throw new KeystoneFault(404, "Could not recognize Fernet token");
        return Scoped(auth, parent.User, "token", parent);
    }

    private Token ByApplicationCredential(JsonElement proof)
    {
        var id = Text(proof, "id");
        var name = Text(proof, "name");
        var user = proof.TryGetProperty("user", out var wanted) ? FindUser(wanted) : null;
        var credential =
            world.ApplicationCredentials.FirstOrDefault(c =>
                id is null ? c.Name == name && c.UserId == user?.Id : c.Id == id
            ) ?? throw new KeystoneFault(404, $"Could not find Application Credential: {id ?? name}.");
        if (credential.Secret != Text(proof, "secret"))
        {
            throw KeystoneFault.Unauthorized();
        }
        var owner = world.FindUser(credential.UserId) ?? throw KeystoneFault.Unauthorized();
        return ForProject(owner, world.FindProject(credential.ProjectId), "application_credential", null);
    }

    private Token Scoped(JsonElement auth, SandboxUser user, string method, Token? parent)
    {
        if (!auth.TryGetProperty("scope", out var scope) || scope.ValueKind != JsonValueKind.Object)
        {
            return tokens.Issue(user, ScopeKind.Unscoped, null, null, [], method, parent);
        }
        if (scope.EnumerateObject().Count() != 1)
        {
            throw KeystoneFault.Malformed(
                "Expecting to find system, project, domain, OS-TRUST:trust or unscoped in scope."
            );
        }
        if (scope.TryGetProperty("project", out var project))
        {
            return ForProject(user, FindProject(project), method, parent);
        }
        if (scope.TryGetProperty("system", out _))
        {
            return tokens.Issue(
                user,
                ScopeKind.System,
                null,
                null,
                Roles(user, CloudWorld.SystemScope),
                method,
                parent
            );
        }
        if (scope.TryGetProperty("domain", out _) && FindDomain(scope) is { } domain)
        {
            return tokens.Issue(user, ScopeKind.Domain, null, domain, Roles(user, domain.Id), method, parent);
        }
        throw KeystoneFault.Unauthorized();
    }

    private Token ForProject(SandboxUser user, SandboxProject? project, string method, Token? parent) =>
        project is { Enabled: true }
            ? tokens.Issue(user, ScopeKind.Project, project, null, Roles(user, project.Id), method, parent)
            : throw KeystoneFault.Unauthorized();

    private SandboxProject? FindProject(JsonElement wanted)
    {
        if (Text(wanted, "id") is { } id)
        {
            return world.FindProject(id);
        }
        var name =
            Text(wanted, "name")
            ?? throw new KeystoneFault(400, "Invalid input for field scope/project: id or name must be present.");
        if (!wanted.TryGetProperty("domain", out _))
        {
            throw KeystoneFault.Malformed("Expecting to find domain in project.");
        }
        return world.FindProject(name, FindDomain(wanted)?.Id);
    }

    private IReadOnlyList<string> Roles(SandboxUser user, string target)
    {
        var roles = world.RolesIn(user.Id, target);
        return roles.Count > 0 ? roles : throw KeystoneFault.Unauthorized();
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object
        && parent.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
