using System.Text.Json;
using FedSite.Sandbox.World;

namespace FedSite.Sandbox.OpenStack;

/// <summary><c>/v3/projects</c>, without the roles there.</summary>
internal sealed class KeystoneProjects(CloudWorld world, KeystoneJson shapes)
{
    private static readonly KeystoneSchema Schema = new([
        new Field("name", FieldKind.Text, MaxLength: 64, Pattern: TextPattern.Name),
        new Field("description", FieldKind.Text, Nullable: true),
        new Field("domain_id", FieldKind.Text, Nullable: true, MaxLength: 64, Pattern: TextPattern.Id),
        new Field("parent_id", FieldKind.Text, Nullable: true, MaxLength: 64, Pattern: TextPattern.Id),
        new Field("enabled", FieldKind.Boolean),
        new Field("is_domain", FieldKind.Boolean),
        new Field("tags", FieldKind.Texts, MaxLength: 255, Pattern: TextPattern.Tag),
    ])
    {
        Open = true,
        Required = ["name"],
    };

    private static readonly string[] OwnKeys = [.. Schema.Fields.Select(f => f.Name), "id", "options", "links"];

    public KeystoneAnswer? Answer(KeystoneCall call) =>
        (call.Method, call.Path) switch
        {
            ("GET", ["projects"]) => List(call),
            ("POST", ["projects"]) => Create(call),
            ("GET", ["projects", var id]) => Get(call, id),
            ("PATCH", ["projects", var id]) => Change(call, id),
            ("DELETE", ["projects", var id]) => Remove(call, id),
            ("GET", ["users", var id, "projects"]) => OfUser(call, id),
            _ => null,
        };

    private KeystoneAnswer List(KeystoneCall call)
    {
        KeystoneCall.Need(
            call.Caller.SeesAll || (call.Caller.Domain is not null && call.Caller.Roles.Contains("reader")),
            "list_projects"
        );
        var tags = Tags(call.Filter("tags"));
        var any = Tags(call.Filter("tags-any"));
        var found = world.Projects.Where(p =>
            call.SameDomain(p.DomainId)
            && call.SameName(p.Name)
            && call.SameEnabled(p.Enabled)
            && tags.All(p.Tags.Contains)
            && (any.Length == 0 || any.Any(p.Tags.Contains))
        );
        return shapes.List(call, "projects", found, shapes.Project);
    }

    private static string[] Tags(string? query) => query?.Split(',') ?? [];

    private KeystoneAnswer Get(KeystoneCall call, string id)
    {
        var project = world.FindProject(id);
        // Without the right, a project that does not exist is forbidden too.
        KeystoneCall.Need(
            call.Caller.SeesAll
                || (
                    project is not null && (call.Caller.Project?.Id == id || call.Caller.ReadsDomain(project.DomainId))
                ),
            "get_project"
        );
        return One(200, project ?? throw KeystoneFault.NotFound("project", id), changed: false);
    }

    private KeystoneAnswer OfUser(KeystoneCall call, string id)
    {
        KeystoneCall.Need(call.Caller.User.Id == id || call.Caller.ReadsSystem, "list_user_projects");
        var found = world.Projects.Where(p => world.RolesIn(id, p.Id).Count > 0);
        return shapes.List(call, "projects", found, shapes.Project);
    }

    private KeystoneAnswer Create(KeystoneCall call)
    {
        call.NeedAdmin("create_project");
        var body = call.Member("project");
        Schema.Check(body);
        var domain = KeystoneBody.Text(body, "domain_id", null) ?? call.HomeDomain;
        if (world.FindDomain(domain) is null)
        {
            throw new KeystoneFault(400, $"Could not find domain: {domain}.");
        }
        var project = new SandboxProject
        {
            Id = world.NewId(),
            Name = body.GetProperty("name").GetString()!,
            DomainId = domain,
        };
        RequireFree(project);
        // The keys of a new project lose these two letters, those of a changed one do not.
        project = Changed(project, body, key => key.Replace(':', '_').Replace('-', '_'));
        world.Put(project);
        return One(201, project, changed: false);
    }

    private KeystoneAnswer Change(KeystoneCall call, string id)
    {
        call.NeedAdmin("update_project");
        var body = call.Member("project");
        Schema.ForChange.Check(body);
        if (KeystoneBody.Text(body, "id", id) != id)
        {
            throw new KeystoneFault(400, "Cannot change ID");
        }
        var project = Find(id);
        if (KeystoneBody.Text(body, "domain_id", project.DomainId) != project.DomainId)
        {
            throw new KeystoneFault(400, "Cannot change Domain ID");
        }
        if (KeystoneBody.Text(body, "parent_id", project.DomainId) != project.DomainId)
        {
            throw new KeystoneFault(403, "Update of `parent_id` is not allowed.");
        }
        project = Changed(project, body, key => key);
        RequireFree(project);
        world.Put(project);
        return One(200, project, changed: true);
    }

    private KeystoneAnswer Remove(KeystoneCall call, string id)
    {
        call.NeedAdmin("delete_project");
        world.RemoveProject(Find(id).Id);
        return KeystoneAnswer.Done;
    }

    private static SandboxProject Changed(SandboxProject project, JsonElement body, Func<string, string> spell)
    {
        var texts = new Dictionary<string, IReadOnlyList<string>>(project.Properties);
        var others = new Dictionary<string, string>(project.OtherProperties);
        foreach (var property in body.EnumerateObject().Where(p => !OwnKeys.Contains(p.Name)))
        {
            var key = spell(property.Name);
            texts.Remove(key);
            others.Remove(key);
            if (TextsOf(property.Value) is { } values)
            {
                texts[key] = values;
            }
            else
            {
                others[key] = property.Value.GetRawText();
            }
        }
        return project with
        {
            Name = KeystoneBody.Text(body, "name", project.Name)!,
            Description = KeystoneBody.Text(body, "description", project.Description),
            Enabled = KeystoneBody.Flag(body, "enabled", project.Enabled),
            Tags = KeystoneBody.Texts(body, "tags", project.Tags),
            Properties = texts,
            OtherProperties = others,
        };
    }

    /// <summary>Null for what a project's properties do not hold as texts: one in a list would become a bare text.</summary>
    private static string[]? TextsOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? [value.GetString()!]
        : value.ValueKind == JsonValueKind.Array
        && value.GetArrayLength() > 1
        && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(v => v.GetString()!)]
        : null;

    private void RequireFree(SandboxProject project)
    {
        if (world.FindProject(project.Name, project.DomainId) is { } other && other.Id != project.Id)
        {
            throw KeystoneFault.Conflict(
                "project",
                "it is not permitted to have two projects with either the same name or same id in the same domain: "
                    + $"name is {project.Name}, project id {project.Id}"
            );
        }
    }

    private SandboxProject Find(string id) => world.FindProject(id) ?? throw KeystoneFault.NotFound("project", id);

    private KeystoneAnswer One(int status, SandboxProject project, bool changed) =>
        KeystoneAnswer.One(status, "project", json => shapes.Project(json, project, changed));
}
