using FedSite.Sandbox.World;

namespace FedSite.Sandbox.OpenStack;

/// <summary><c>/v3/groups</c> and who is in them.</summary>
internal sealed class KeystoneGroups(CloudWorld world, KeystoneJson shapes)
{
    private static readonly KeystoneSchema Schema = new([
        new Field("name", FieldKind.Text, MaxLength: 255, Pattern: TextPattern.Name),
        new Field("description", FieldKind.Text, Nullable: true),
        new Field("domain_id", FieldKind.Text, MaxLength: 64, Pattern: TextPattern.Id),
    ])
    {
        Open = true,
        Required = ["name"],
    };

    public KeystoneAnswer? Answer(KeystoneCall call) =>
        (call.Method, call.Path) switch
        {
            ("GET", ["groups"]) => List(call),
            ("POST", ["groups"]) => Create(call),
            ("GET", ["groups", var id]) => Get(call, id),
            ("PATCH", ["groups", var id]) => Change(call, id),
            ("DELETE", ["groups", var id]) => Remove(call, id),
            ("GET", ["groups", var id, "users"]) => Members(call, id),
            ("GET", ["groups", var id, "users", var user]) => IsMember(call, id, user),
            ("PUT", ["groups", var id, "users", var user]) => Join(call, id, user),
            ("DELETE", ["groups", var id, "users", var user]) => Leave(call, id, user),
            ("GET", ["users", var user, "groups"]) => OfUser(call, user),
            _ => null,
        };

    private KeystoneAnswer List(KeystoneCall call)
    {
        KeystoneCall.Need(
            call.Caller.ReadsSystem || (call.Caller.Domain is not null && call.Caller.Roles.Contains("reader")),
            "list_groups"
        );
        var found = world.Groups.Where(g => call.SameDomain(g.DomainId) && call.SameName(g.Name));
        return shapes.List(call, "groups", found, shapes.Group);
    }

    private KeystoneAnswer Get(KeystoneCall call, string id)
    {
        NeedReaderOf(call, id, "get_group");
        return One(200, Find(id));
    }

    private KeystoneAnswer Create(KeystoneCall call)
    {
        call.NeedAdmin("create_group");
        var body = call.Member("group");
        Schema.Check(body);
        var domain = KeystoneBody.Text(body, "domain_id", null) ?? call.HomeDomain;
        if (world.FindDomain(domain) is null)
        {
            throw KeystoneFault.NotFound("domain", domain);
        }
        var group = new SandboxGroup
        {
            Id = world.NewId(),
            Name = body.GetProperty("name").GetString()!,
            DomainId = domain,
            Description = KeystoneBody.Text(body, "description", ""),
        };
        RequireFree(group);
        world.Put(group);
        return One(201, group);
    }

    private KeystoneAnswer Change(KeystoneCall call, string id)
    {
        call.NeedAdmin("update_group");
        var body = call.Member("group");
        Schema.ForChange.Check(body);
        var group = Find(id);
        if (KeystoneBody.Text(body, "domain_id", group.DomainId) != group.DomainId)
        {
            throw new KeystoneFault(400, "Cannot change Domain ID");
        }
        group = group with
        {
            Name = KeystoneBody.Text(body, "name", group.Name)!,
            Description = KeystoneBody.Text(body, "description", group.Description),
        };
        RequireFree(group);
        world.Put(group);
        return One(200, group);
    }

    private KeystoneAnswer Remove(KeystoneCall call, string id)
    {
        // Keystone looks for the group before it looks at rights.
        var group = Find(id);
        call.NeedAdmin("delete_group");
        world.RemoveGroup(group.Id);
        return KeystoneAnswer.Done;
    }

    private KeystoneAnswer Members(KeystoneCall call, string id)
    {
        NeedReaderOf(call, id, "list_users_in_group");
        Find(id);
        var found = world.Users.Where(u => world.GroupsOf(u.Id).Contains(id));
        return shapes.List(call, "users", found, shapes.User);
    }

    private KeystoneAnswer IsMember(KeystoneCall call, string id, string user)
    {
        NeedReaderOf(call, id, "check_user_in_group");
        RequireMember(id, user);
        return KeystoneAnswer.Done;
    }

    private KeystoneAnswer Join(KeystoneCall call, string id, string user)
    {
        call.NeedAdmin("add_user_to_group");
        world.Join(FindUser(user).Id, Find(id).Id);
        return KeystoneAnswer.Done;
    }

    private KeystoneAnswer Leave(KeystoneCall call, string id, string user)
    {
        call.NeedAdmin("remove_user_from_group");
        RequireMember(id, user);
        world.Leave(user, id);
        return KeystoneAnswer.Done;
    }

    private KeystoneAnswer OfUser(KeystoneCall call, string user)
    {
        var domain = world.FindUser(user)?.DomainId;
        KeystoneCall.Need(
            call.Caller.ReadsSystem || call.Caller.User.Id == user || call.Caller.ReadsDomain(domain),
            "list_groups_for_user"
        );
        FindUser(user);
        var found = world
            .Groups.Where(g => world.GroupsOf(user).Contains(g.Id))
            .Select(g => (g, (DateTimeOffset?)null))
            .Concat(world.ExpiringGroupsOf(user).Select(e => (e.Group, (DateTimeOffset?)e.Expires)));
        return shapes.List(call, "groups", found, shapes.GroupOfUser);
    }

    private void NeedReaderOf(KeystoneCall call, string id, string action) =>
        KeystoneCall.Need(call.Caller.ReadsSystem || call.Caller.ReadsDomain(world.FindGroup(id)?.DomainId), action);

    private void RequireMember(string id, string user)
    {
        Find(id);
        FindUser(user);
        if (!world.GroupsOf(user).Contains(id))
        {
            throw new KeystoneFault(404, $"User '{user}' not found in group '{id}'");
        }
    }

    private void RequireFree(SandboxGroup group)
    {
        if (world.FindGroup(group.Name, group.DomainId) is { } other && other.Id != group.Id)
        {
            throw KeystoneFault.Conflict(
                "group",
                $"Duplicate entry found with name {group.Name} at domain ID {group.DomainId}"
            );
        }
    }

    private SandboxGroup Find(string id) => world.FindGroup(id) ?? throw KeystoneFault.NotFound("group", id);

    private SandboxUser FindUser(string id) => world.FindUser(id) ?? throw KeystoneFault.NotFound("user", id);

    private KeystoneAnswer One(int status, SandboxGroup group) =>
        KeystoneAnswer.One(status, "group", json => shapes.Group(json, group));
}
