using System.Text.Json;
using FedSite.Sandbox.World;

namespace FedSite.Sandbox.OpenStack;

/// <summary><c>/v3/users</c>, without groups and projects of a user.</summary>
internal sealed class KeystoneUsers(CloudWorld world, KeystoneJson shapes)
{
    private static readonly KeystoneSchema Schema = new([
        new Field("name", FieldKind.Text, MaxLength: 255, Pattern: TextPattern.Name),
        new Field("domain_id", FieldKind.Text, MaxLength: 64, Pattern: TextPattern.Id),
        new Field("enabled", FieldKind.Boolean),
        new Field("password", FieldKind.Text, Nullable: true),
    ])
    {
        Open = true,
        Required = ["name"],
    };

    public KeystoneAnswer? Answer(KeystoneCall call) =>
        (call.Method, call.Path) switch
        {
            ("GET", ["users"]) => List(call),
            ("POST", ["users"]) => Create(call),
            ("GET", ["users", var id]) => Get(call, id),
            ("DELETE", ["users", var id]) => Remove(call, id),
            _ => null,
        };

    private KeystoneAnswer List(KeystoneCall call)
    {
        KeystoneCall.Need(
            call.Caller.SeesAll || (call.Caller.Domain is not null && call.Caller.Roles.Contains("reader")),
            "list_users"
        );
        var found = world.Users.Where(u =>
            call.SameName(u.Name) && call.SameDomain(u.DomainId) && call.SameEnabled(u.Enabled)
        );
        var (idp, protocol, unique) = (call.Filter("idp_id"), call.Filter("protocol_id"), call.Filter("unique_id"));
        if (idp is not null || protocol is not null || unique is not null)
        {
            found = found.Where(u =>
                u.Federated.Any(f =>
                    (idp is null || f.IdpId == idp)
                    && (protocol is null || f.ProtocolId == protocol)
                    && (unique is null || f.UniqueId == unique)
                )
            );
        }
        return shapes.List(call, "users", found, shapes.User);
    }

    private KeystoneAnswer Get(KeystoneCall call, string id)
    {
        var user = world.FindUser(id);
        KeystoneCall.Need(
            call.Caller.SeesAll
                || call.Caller.User.Id == id
                || (user is not null && call.Caller.ReadsDomain(user.DomainId)),
            "get_user"
        );
        return user is null
            ? throw KeystoneFault.NotFound("user", id)
            : KeystoneAnswer.One(200, "user", json => shapes.UserWithLogins(json, user));
    }

    private KeystoneAnswer Create(KeystoneCall call)
    {
        call.NeedAdmin("create_user");
        var body = call.Member("user");
        Schema.Check(body);
        var domain = KeystoneBody.Text(body, "domain_id", null) ?? call.HomeDomain;
        if (world.FindDomain(domain) is null)
        {
            throw KeystoneFault.NotFound("domain", domain);
        }
        var user = new SandboxUser
        {
            Id = world.NewId(),
            Name = body.GetProperty("name").GetString()!,
            DomainId = domain,
            Password = KeystoneBody.Text(body, "password", null),
            Enabled = KeystoneBody.Flag(body, "enabled", true),
            Federated = [.. Logins(body)],
        };
        if (world.FindUser(user.Name, domain) is not null)
        {
            var details = $"Duplicate entry found with name {user.Name} at domain ID {domain}";
            throw KeystoneFault.Conflict("user", details);
        }
        world.Put(user);
        return KeystoneAnswer.One(201, "user", json => shapes.UserWithLogins(json, user));
    }

    private static IEnumerable<SandboxFederatedId> Logins(JsonElement body) =>
        body.TryGetProperty("federated", out var federated)
            ? federated
                .EnumerateArray()
                .SelectMany(idp =>
                    idp.GetProperty("protocols")
                        .EnumerateArray()
                        .Select(protocol => new SandboxFederatedId(
                            idp.GetProperty("idp_id").GetString()!,
                            protocol.GetProperty("protocol_id").GetString()!,
                            protocol.GetProperty("unique_id").GetString()!
                        ))
                )
            : [];

    private KeystoneAnswer Remove(KeystoneCall call, string id)
    {
        call.NeedAdmin("delete_user");
        world.RemoveUser(world.FindUser(id)?.Id ?? throw KeystoneFault.NotFound("user", id));
        return KeystoneAnswer.Done;
    }
}
