using System.Globalization;
using System.Text.Json;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Keystone's objects as JSON.</summary>
internal sealed partial class KeystoneJson(SandboxOptions options, CloudWorld world, Endpoints endpoints)
{
    private static readonly string[] Interfaces = ["public", "internal", "admin"];

    private string Identity => $"{endpoints.Identity}/v3";

    /// <summary>The URL of a request, for the links of its answer.</summary>
    public string Self(HttpRequest request) => $"{endpoints.Identity}{request.Path}{request.QueryString}";

    public void Token(Utf8JsonWriter json, Token token, bool catalog)
    {
        json.WriteStartObject();
        json.WriteStartObject("token");
        json.WriteStartArray("methods");
        foreach (var method in token.Methods)
        {
            json.WriteStringValue(method);
        }
        json.WriteEndArray();
        json.WriteStartObject("user");
        DomainOf(json, token.User.DomainId);
        json.WriteString("id", token.User.Id);
        json.WriteString("name", token.User.Name);
        if (token.User.Password is null)
        {
            Federation(json, token.User);
        }
        else
        {
            json.WriteNull("password_expires_at");
        }
        json.WriteEndObject();
        json.WriteStartArray("audit_ids");
        foreach (var audit in token.AuditIds)
        {
            json.WriteStringValue(audit);
        }
        json.WriteEndArray();
        json.WriteString("expires_at", Micros(token.Expires));
        json.WriteString("issued_at", Micros(token.Issued));
        Scope(json, token);
        if (catalog && token.Scope != ScopeKind.Unscoped)
        {
            Catalog(json, token.Project);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void Scope(Utf8JsonWriter json, Token token)
    {
        if (token.Project is { } project)
        {
            json.WriteStartObject("project");
            DomainOf(json, project.DomainId);
            json.WriteString("id", project.Id);
            json.WriteString("name", project.Name);
            json.WriteEndObject();
            json.WriteBoolean("is_domain", false);
        }
        if (token.Domain is { } domain)
        {
            json.WriteStartObject("domain");
            json.WriteString("id", domain.Id);
            json.WriteString("name", domain.Name);
            json.WriteEndObject();
        }
        if (token.Scope == ScopeKind.Unscoped)
        {
            return;
        }
        json.WriteStartArray("roles");
        foreach (var role in token.Roles)
        {
            json.WriteStartObject();
            json.WriteString("id", world.Role(role).Id);
            json.WriteString("name", role);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (token.Scope == ScopeKind.System)
        {
            json.WriteStartObject("system");
            json.WriteBoolean("all", true);
            json.WriteEndObject();
        }
    }

    private void Federation(Utf8JsonWriter json, SandboxUser user)
    {
        var login = user.Federated.Count > 0 ? user.Federated[0] : null;
        json.WriteStartObject("OS-FEDERATION");
        json.WriteStartArray("groups");
        foreach (var group in world.LoginGroupsOf(user.Id))
        {
            json.WriteStartObject();
            json.WriteString("id", group);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("identity_provider");
        json.WriteString("id", login?.IdpId ?? "egi.eu");
        json.WriteEndObject();
        json.WriteStartObject("protocol");
        json.WriteString("id", login?.ProtocolId ?? "openid");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public void Catalog(Utf8JsonWriter json, SandboxProject? project)
    {
        json.WriteStartArray("catalog");
        Service(json, "network", "neutron", endpoints.Network, 4);
        Service(json, "identity", "keystone", Identity, 1);
        Service(json, "compute", "nova", $"{endpoints.Compute}/v2.1", 2);
        Service(json, "image", "glance", endpoints.Image, 3);
        var volumes = project is null ? null : $"{endpoints.BlockStorage}/v3/{project.Id}";
        Service(json, "volumev3", "cinderv3", volumes, 5);
        var objects = project is null ? null : $"{endpoints.ObjectStorage}/v1/AUTH_{project.Id}";
        Service(json, "object-store", "swift", objects, 6);
        json.WriteEndArray();
    }

    /// <param name="url">Null for one with a project's id in it, where there is no project: the service is bare.</param>
    private void Service(Utf8JsonWriter json, string type, string name, string? url, ulong number)
    {
        var seed = unchecked((ulong)options.Seed);
        json.WriteStartObject();
        json.WriteStartArray("endpoints");
        foreach (var (index, face) in (url is null ? [] : Interfaces).Index())
        {
            json.WriteStartObject();
            json.WriteString("id", Mix.Hex(seed, (number * 10) + (ulong)index));
            json.WriteString("interface", face);
            json.WriteString("region_id", FederationSandbox.Region);
            json.WriteString("url", url);
            json.WriteString("region", FederationSandbox.Region);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("id", Mix.Hex(seed, (number * 10) + 9));
        json.WriteString("type", type);
        json.WriteString("name", name);
        json.WriteEndObject();
    }

    public void Project(Utf8JsonWriter json, SandboxProject project) => Project(json, project, changed: false);

    /// <param name="changed">The answer to a change: it has all extra keys a second time.</param>
    public void Project(Utf8JsonWriter json, SandboxProject project, bool changed)
    {
        json.WriteStartObject();
        Properties(json, project);
        json.WriteString("id", project.Id);
        json.WriteString("name", project.Name);
        json.WriteString("domain_id", project.DomainId);
        json.WriteString("description", project.Description);
        json.WriteBoolean("enabled", project.Enabled);
        json.WriteString("parent_id", project.DomainId);
        json.WriteBoolean("is_domain", false);
        json.WriteStartArray("tags");
        foreach (var tag in project.Tags)
        {
            json.WriteStringValue(tag);
        }
        json.WriteEndArray();
        if (changed)
        {
            json.WriteStartObject("extra");
            Properties(json, project);
            json.WriteEndObject();
        }
        Ending(json, $"projects/{project.Id}");
    }

    private static void Properties(Utf8JsonWriter json, SandboxProject project)
    {
        foreach (var (key, values) in project.Properties)
        {
            json.WritePropertyName(key);
            if (values.Count == 1)
            {
                json.WriteStringValue(values[0]);
                continue;
            }
            json.WriteStartArray();
            foreach (var value in values)
            {
                json.WriteStringValue(value);
            }
            json.WriteEndArray();
        }
        foreach (var (key, value) in project.OtherProperties)
        {
            json.WritePropertyName(key);
            json.WriteRawValue(value);
        }
    }

    /// <summary>As a list shows one.</summary>
    public void User(Utf8JsonWriter json, SandboxUser user) => User(json, user, logins: false);

    /// <summary>As the user's own URL shows one.</summary>
    public void UserWithLogins(Utf8JsonWriter json, SandboxUser user) => User(json, user, logins: true);

    private void User(Utf8JsonWriter json, SandboxUser user, bool logins)
    {
        json.WriteStartObject();
        json.WriteString("id", user.Id);
        json.WriteString("name", user.Name);
        json.WriteString("domain_id", user.DomainId);
        json.WriteBoolean("enabled", user.Enabled);
        json.WriteNull("password_expires_at");
        if (user.Email is not null)
        {
            json.WriteString("email", user.Email);
        }
        if (logins && user.Federated.Count > 0)
        {
            json.WriteStartArray("federated");
            foreach (var idp in user.Federated.GroupBy(f => f.IdpId))
            {
                json.WriteStartObject();
                json.WriteString("idp_id", idp.Key);
                json.WriteStartArray("protocols");
                foreach (var login in idp)
                {
                    json.WriteStartObject();
                    json.WriteString("protocol_id", login.ProtocolId);
                    json.WriteString("unique_id", login.UniqueId);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        Ending(json, $"users/{user.Id}");
    }

    public void Domain(Utf8JsonWriter json, SandboxDomain domain)
    {
        json.WriteStartObject();
        json.WriteString("id", domain.Id);
        json.WriteString("name", domain.Name);
        json.WriteString("description", domain.Description);
        json.WriteBoolean("enabled", domain.Enabled);
        json.WriteStartArray("tags");
        json.WriteEndArray();
        Ending(json, $"domains/{domain.Id}");
    }

    public void Version(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", "v3.14");
        json.WriteString("status", "stable");
        json.WriteString("updated", "2020-04-07T00:00:00Z");
        Answers.Link(json, "links", "self", $"{Identity}/");
        json.WriteStartArray("media-types");
        json.WriteStartObject();
        json.WriteString("base", "application/json");
        json.WriteString("type", "application/vnd.openstack.identity-v3+json");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Ending(Utf8JsonWriter json, string path)
    {
        json.WriteStartObject("options");
        json.WriteEndObject();
        Links(json, path);
        json.WriteEndObject();
    }

    private string NameOfDomain(string id) => world.FindDomain(id)?.Name ?? id;

    private void DomainOf(Utf8JsonWriter json, string domainId)
    {
        json.WriteStartObject("domain");
        json.WriteString("id", domainId);
        json.WriteString("name", NameOfDomain(domainId));
        json.WriteEndObject();
    }

    private static string Micros(DateTimeOffset time) =>
        time.ToString("yyyy-MM-dd'T'HH:mm:ss'.000000Z'", CultureInfo.InvariantCulture);
}
