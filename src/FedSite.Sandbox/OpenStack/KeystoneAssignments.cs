using FedSite.Sandbox.World;

namespace FedSite.Sandbox.OpenStack;

/// <summary>
/// Roles, and who has them where: <c>/v3/roles</c>, <c>/v3/role_assignments</c> and
/// <c>/v3/{projects|domains}/…/{users|groups}/…/roles</c>, <c>/v3/system/{users|groups}/…/roles</c>,
/// <c>/v3/OS-INHERIT/domains/…/{users|groups}/…/roles/…/inherited_to_projects</c>.
/// </summary>
internal sealed class KeystoneAssignments(CloudWorld world, KeystoneJson shapes)
{
    public KeystoneAnswer? Answer(KeystoneCall call) =>
        (call.Method, call.Path) switch
        {
            ("GET", ["roles"]) => Roles(call),
            ("GET", ["roles", var id]) => Role(call, id),
            ("GET", ["role_assignments"]) => List(call),
            (_, ["projects" or "domains", var target, "users" or "groups", var actor, "roles", .. var role])
                when role.Length < 2 => Grants(call, new Place(call.Path[0], target, call.Path[2], actor), role),
            (_, ["system", "users" or "groups", var actor, "roles", .. var role]) when role.Length < 2 => Grants(
                call,
                new Place("system", CloudWorld.SystemScope, call.Path[1], actor),
                role
            ),
            (
                _,
                [
                    "OS-INHERIT",
                    "domains",
                    var target,
                    "users"
                    or "groups",
                    var actor,
                    "roles",
                    var role,
                    "inherited_to_projects",
                ]
            ) => Inherited(call, new Place("domains", target, call.Path[3], actor), role),
            _ => null,
        };

    private KeystoneAnswer Roles(KeystoneCall call)
    {
        call.NeedReader("list_roles");
        return shapes.List(call, "roles", world.Roles.Where(r => call.SameName(r.Name)), shapes.Role);
    }

    private KeystoneAnswer Role(KeystoneCall call, string id)
    {
        var role = FindRole(id);
        call.NeedReader("get_role");
        return KeystoneAnswer.One(200, "role", json => shapes.Role(json, role));
    }

    private KeystoneAnswer? Grants(KeystoneCall call, Place place, string[] roleId)
    {
        var role = roleId.Length == 0 ? null : FindRole(roleId[0]);
        // Roles of somebody who is gone can still be taken away.
        Require(place, actorToo: call.Method != "DELETE");
        var direct = world.GrantsOf(place.Actor, place.Target);
        switch (call.Method)
        {
            case "GET" when role is null:
                call.NeedReader(place.Action("list", "grants"));
                return shapes.List(call, "roles", direct.Select(world.Role), shapes.Role);
            case "GET":
                call.NeedReader(place.Action("check", "grant"));
                return direct.Contains(role.Name) ? KeystoneAnswer.Done : throw NotGranted(place, role);
            case "PUT" when role is not null:
                call.NeedAdmin(place.Action("create", "grant"));
                world.Grant(place.Actor, place.Target, [.. direct, role.Name]);
                return KeystoneAnswer.Done;
            case "DELETE" when role is not null:
                call.NeedAdmin(place.Action("revoke", "grant"));
                if (!direct.Contains(role.Name))
                {
                    throw NotGranted(place, role);
                }
                world.Grant(place.Actor, place.Target, [.. direct.Where(name => name != role.Name)]);
                return KeystoneAnswer.Done;
            default:
                return null;
        }
    }

    private KeystoneAnswer? Inherited(KeystoneCall call, Place place, string roleId)
    {
        var role = FindRole(roleId);
        Require(place, actorToo: call.Method != "DELETE");
        switch (call.Method)
        {
            case "PUT":
                call.NeedAdmin(place.Action("create", "grant"));
                world.Inherit(place.Actor, place.Target, role.Name);
                return KeystoneAnswer.Done;
            case "DELETE":
                call.NeedAdmin(place.Action("revoke", "grant"));
                return world.Disinherit(place.Actor, place.Target, role.Name)
                    ? KeystoneAnswer.Done
                    : throw NotGranted(place, role);
            default:
                return null;
        }
    }

    private void Require(Place place, bool actorToo)
    {
        if (place.TargetKind == "domains" && world.FindDomain(place.Target) is null)
        {
            throw KeystoneFault.NotFound("domain", place.Target);
        }
        if (actorToo && place.ActorKind == "users" && world.FindUser(place.Actor) is null)
        {
            throw KeystoneFault.NotFound("user", place.Actor);
        }
        if (actorToo && place.ActorKind == "groups" && world.FindGroup(place.Actor) is null)
        {
            throw KeystoneFault.NotFound("group", place.Actor);
        }
        if (place.TargetKind == "projects" && world.FindProject(place.Target) is null)
        {
            throw KeystoneFault.NotFound("project", place.Target);
        }
    }

    private static KeystoneFault NotGranted(Place place, SandboxRole role) =>
        new(
            404,
            $"Could not find role assignment with role: {role.Id}, user or group: {place.Actor}, "
                + $"project, domain, or system: {place.Target}."
        );

    private KeystoneAnswer List(KeystoneCall call)
    {
        call.NeedReader("list_role_assignments");
        var (user, group, role) = (call.Filter("user.id"), call.Filter("group.id"), call.Filter("role.id"));
        var (project, domain) = (call.Filter("scope.project.id"), call.Filter("scope.domain.id"));
        var system = call.Filter("scope.system") is null ? null : CloudWorld.SystemScope;
        RequireOne(domain, project, "Specify a domain or project, not both");
        RequireOne(domain, system, "Specify system or domain, not both");
        RequireOne(project, system, "Specify system or project, not both");
        RequireOne(user, group, "Specify a user or group, not both");
        if (call.Flag("effective"))
        {
            throw new KeystoneFault(400, "The sandbox knows no effective assignments.");
        }
        var found = world.Assignments.Where(a =>
            (user ?? group ?? a.Actor) == a.Actor
            && (project ?? domain ?? system ?? a.Target) == a.Target
            && (role is null || world.Role(a.Role).Id == role)
        );
        var names = call.Flag("include_names");
        return shapes.List(call, "role_assignments", found, (json, a) => shapes.Assignment(json, a, names));
    }

    private static void RequireOne(string? one, string? other, string message)
    {
        if (one is not null && other is not null)
        {
            throw new KeystoneFault(400, message);
        }
    }

    private SandboxRole FindRole(string id) =>
        world.Roles.FirstOrDefault(r => r.Id == id) ?? throw KeystoneFault.NotFound("role", id);

    private sealed record Place(string TargetKind, string Target, string ActorKind, string Actor)
    {
        /// <summary>Name of the policy rule.</summary>
        public string Action(string verb, string noun) =>
            TargetKind == "system" ? $"{verb}_system_{noun}_for_{ActorKind.TrimEnd('s')}" : $"{verb}_{noun}";
    }
}
