using FedSite.Sandbox.World;

namespace FedSite.Sandbox.OpenStack;

/// <summary><c>/v3/users</c>, without groups and projects of a user.</summary>
internal sealed class KeystoneUsers(CloudWorld world, KeystoneJson shapes)
{
    public KeystoneAnswer? Answer(KeystoneCall call) =>
        (call.Method, call.Path) switch
        {
            ("GET", ["users"]) => List(call),
            ("GET", ["users", var id]) => Get(call, id),
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
}
