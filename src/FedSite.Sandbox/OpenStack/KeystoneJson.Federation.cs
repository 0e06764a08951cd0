using System.Text.Json;
using FedSite.Sandbox.World;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Groups, roles and the objects of the federation.</summary>
internal sealed partial class KeystoneJson
{
    public KeystoneAnswer List<T>(
        KeystoneCall call,
        string name,
        IEnumerable<T> items,
        Action<Utf8JsonWriter, T> write
    ) => KeystoneAnswer.List(name, items, write, Self(call.Request));

    public void Group(Utf8JsonWriter json, SandboxGroup group) => Group(json, group, ofUser: false);

    /// <summary>As the list of a user's groups shows it.</summary>
    public void GroupOfUser(Utf8JsonWriter json, (SandboxGroup Group, DateTimeOffset? Expires) entry) =>
        Group(json, entry.Group, ofUser: true, entry.Expires);

    private void Group(Utf8JsonWriter json, SandboxGroup group, bool ofUser, DateTimeOffset? expires = null)
    {
        json.WriteStartObject();
        json.WriteString("id", group.Id);
        json.WriteString("name", group.Name);
        json.WriteString("domain_id", group.DomainId);
        json.WriteString("description", group.Description);
        if (ofUser)
        {
            json.WriteString("membership_expires_at", expires is { } time ? Micros(time) : null);
        }
        Links(json, $"groups/{group.Id}");
        json.WriteEndObject();
    }

    public void Role(Utf8JsonWriter json, SandboxRole role)
    {
        json.WriteStartObject();
        json.WriteString("id", role.Id);
        json.WriteString("name", role.Name);
        json.WriteNull("domain_id");
        json.WriteNull("description");
        json.WriteStartObject("options");
        if (role.Name is "admin" or "member" or "reader")
        {
            json.WriteBoolean("immutable", true);
        }
        json.WriteEndObject();
        Links(json, $"roles/{role.Id}");
        json.WriteEndObject();
    }

    public void IdentityProvider(Utf8JsonWriter json, SandboxIdentityProvider provider)
    {
        json.WriteStartObject();
        json.WriteString("id", provider.Id);
        json.WriteString("domain_id", provider.DomainId);
        json.WriteBoolean("enabled", provider.Enabled);
        json.WriteString("description", provider.Description);
        json.WriteStartArray("remote_ids");
        foreach (var issuer in provider.RemoteIds)
        {
            json.WriteStringValue(issuer);
        }
        json.WriteEndArray();
        json.WritePropertyName("authorization_ttl");
        if (provider.AuthorizationTtl is { } minutes)
        {
            json.WriteNumberValue(minutes);
        }
        else
        {
            json.WriteNullValue();
        }
        var path = $"OS-FEDERATION/identity_providers/{provider.Id}";
        Links(json, path, ("protocols", $"{path}/protocols"));
        json.WriteEndObject();
    }

    public void Protocol(Utf8JsonWriter json, SandboxProtocol protocol)
    {
        json.WriteStartObject();
        json.WriteString("id", protocol.Id);
        json.WriteString("mapping_id", protocol.MappingId);
        ProtocolLinks(json, protocol);
    }

    /// <summary>A list tells more than a single answer.</summary>
    public void ListedProtocol(Utf8JsonWriter json, SandboxProtocol protocol)
    {
        json.WriteStartObject();
        json.WriteString("id", protocol.Id);
        json.WriteString("idp_id", protocol.IdpId);
        json.WriteString("mapping_id", protocol.MappingId);
        json.WriteString("remote_id_attribute", protocol.RemoteIdAttribute);
        ProtocolLinks(json, protocol);
    }

    // Keystone's own links lead nowhere.
    private void ProtocolLinks(Utf8JsonWriter json, SandboxProtocol protocol)
    {
        Links(json, $"protocols/{protocol.Id}", ("identity_provider", protocol.IdpId));
        json.WriteEndObject();
    }

    public void Mapping(Utf8JsonWriter json, SandboxMapping mapping)
    {
        json.WriteStartObject();
        json.WriteString("id", mapping.Id);
        json.WritePropertyName("rules");
        json.WriteRawValue(mapping.Rules);
        Links(json, $"OS-FEDERATION/mappings/{mapping.Id}");
        json.WriteEndObject();
    }

    public void Assignment(Utf8JsonWriter json, RoleAssignment assignment, bool names)
    {
        var (actor, target) = (assignment.Actor, assignment.Target);
        var group = world.FindGroup(actor);
        var project = world.FindProject(target);
        var role = world.Role(assignment.Role);
        var place =
            target == CloudWorld.SystemScope ? "system"
            : world.FindDomain(target) is not null ? $"domains/{target}"
            : $"projects/{target}";
        json.WriteStartObject();
        json.WriteStartObject("links");
        var path = $"{place}/{(group is null ? "users" : "groups")}/{actor}/roles/{role.Id}";
        json.WriteString(
            "assignment",
            assignment.Inherited ? $"{Identity}/OS-INHERIT/{path}/inherited_to_projects" : $"{Identity}/{path}"
        );
        json.WriteEndObject();
        json.WriteStartObject("scope");
        if (place == "system")
        {
            json.WriteStartObject("system");
            json.WriteBoolean("all", true);
            json.WriteEndObject();
        }
        else if (place.StartsWith('d'))
        {
            Named(json, "domain", target, names ? NameOfDomain(target) : null, domainId: null);
        }
        else
        {
            Named(json, "project", target, names ? project?.Name ?? "" : null, project?.DomainId);
        }
        if (assignment.Inherited)
            json.WriteString("OS-INHERIT:inherited_to", "projects");
        json.WriteEndObject();
        if (group is not null)
        {
            Named(json, "group", actor, names ? group.Name : null, group.DomainId);
        }
        else
        {
            var user = world.FindUser(actor);
            Named(json, "user", actor, names ? user?.Name ?? "" : null, user?.DomainId);
        }
        Named(json, "role", role.Id, names ? role.Name : null, domainId: null);
        json.WriteEndObject();
    }

    /// <param name="name">Null: the id alone is told.</param>
    private void Named(Utf8JsonWriter json, string key, string id, string? name, string? domainId)
    {
        json.WriteStartObject(key);
        json.WriteString("id", id);
        if (name is not null)
        {
            json.WriteString("name", name);
            if (domainId is not null)
            {
                DomainOf(json, domainId);
            }
        }
        json.WriteEndObject();
    }

    internal void Links(Utf8JsonWriter json, string self, params (string Name, string Path)[] more)
    {
        json.WriteStartObject("links");
        json.WriteString("self", $"{Identity}/{self}");
        foreach (var (name, path) in more)
        {
            json.WriteString(name, $"{Identity}/{path}");
        }
        json.WriteEndObject();
    }
}
