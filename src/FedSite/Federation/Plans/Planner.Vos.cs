using System.Text.Json;
using System.Text.Json.Nodes;
using FedSite.Configuration;
using FedSite.Federation.Plans.Quotas;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.Plans;

/// <summary>Groups, projects and roles.</summary>
internal sealed partial class Planner
{
    private const string VoProperty = "egi.VO";
    private const string AuditorRole = "reader";

    /// <summary>Where Keystone puts a project when nothing else is said.</summary>
    private const string DefaultDomain = "default";
    private readonly Dictionary<string, string> _voOfProject = new(StringComparer.Ordinal);
    private static readonly string[] DefaultRoles = ["member"];

    private void PlanGroups()
    {
        var names = request.Planned.Select(vo => (vo.Group, Description: $"People of the VO {vo.Name}"));
        if (request.HasAuditors && request.Scope.HasFederation)
            names = names.Append((request.Auditors, "Auditors of the EGI Federation"));
        NoteSharedGroups();
        foreach (
            var (group, description) in names.DistinctBy(
                entry => entry.Group.ToString(),
                StringComparer.OrdinalIgnoreCase
            )
        )
        {
            var name = group.ToString();
            var domain = CloudReader.DomainOfGroup(request, view, group);
            if (domain is null && !IsFederated(group.Domain))
            {
                Problem(
                    $"The domain {group.Domain} of the group {group.Name} does not exist.",
                    "Correct `group` of the VO, or create the domain."
                );
            }
            else if (CloudReader.FindGroup(request, view, group) is { } found)
            {
                var fields = new List<FieldChange>();
                if (!string.Equals(found.Name, group.Name, StringComparison.OrdinalIgnoreCase))
                    Compare(fields, "name", found.Name, group.Name);
                Keep(Kinds.Group, name, found.Id, fields, (c, ct) => RenameGroupAsync(c, group, found.Id, ct));
            }
            else
            {
                Create(Kinds.Group, name, [], (c, ct) => MakeGroupAsync(c, group, description, ct));
            }
        }
    }

    /// <summary>Keystone does not tell capitals from small letters in names.</summary>
    private void NoteSharedGroups()
    {
        var shared = request.Planned.GroupBy(vo => vo.Group.ToString(), StringComparer.OrdinalIgnoreCase);
        foreach (var vos in shared.Where(vos => vos.Count() > 1))
            _notes.Add(
                $"VOs {string.Join(" and ", vos.Select(vo => vo.Name))} share the group {vos.Key}: people of one get into the projects of all"
            );
    }

    private bool IsFederated(string domain) =>
        string.Equals(domain, request.Federation.Domain, StringComparison.OrdinalIgnoreCase);

    private string DomainId(ApplyContext context, string nameOrId) =>
        IsFederated(nameOrId)
            ? context.Ids.Get(Kinds.Domain, request.Federation.Domain)
            : view.DomainOf(nameOrId)?.Id ?? context.Ids.Get(Kinds.Domain, nameOrId);

    private async Task MakeGroupAsync(ApplyContext context, GroupName group, string description, CancellationToken ct)
    {
        var domain = DomainId(context, group.Domain);
        await context.Identity.CreateGroupAsync(group.Name, domain, description, ct);
        var groups = await context.Identity.ListGroupsAsync(domain, ct);
        var made =
            groups.FirstOrDefault(g => string.Equals(g.Name, group.Name, StringComparison.OrdinalIgnoreCase))
            ?? throw ApplyContext.WithoutEffect(Kinds.Group, group.ToString(), "it is not there");
        context.Remember(Kinds.Group, group.ToString(), made.Id);
    }

    private static async Task RenameGroupAsync(ApplyContext context, GroupName group, string id, CancellationToken ct)
    {
        await context.Identity.UpdateGroupAsync(id, new JsonObject { ["name"] = group.Name }, ct);
        var seen = await context.Identity.FindGroupAsync(id, ct);
        if (seen?.Name != group.Name)
            throw ApplyContext.WithoutEffect(Kinds.Group, group.ToString(), $"it is called {seen?.Name}");
        context.Remember(Kinds.Group, group.ToString(), id);
    }

    private void PlanProjects()
    {
        var planned = new HashSet<string>(StringComparer.Ordinal);
        foreach (var vo in request.Planned)
        {
            // Of VOs that share it, and write it alike, the first plans it.
            foreach (var project in vo.Projects.Where(project => planned.Add(project.ToString())))
                PlanProject(vo, project);
        }
    }

    /// <summary>The first VO of the file that has the project: its usage counts for that one, whoever else shares it.</summary>
    /// <param name="found">Null: it is still to be made.</param>
    private ProjectOwner OwnerOf(SiteVo vo, ProjectRef project, Project? found)
    {
        var vos = request
            .Vos.Where(one => one == vo || one.Projects.Any(other => IsSame(other, project, found)))
            .ToList();
        return new ProjectOwner(vos[0].Name, vos.TrueForAll(one => one.IsClosed));
    }

    private bool IsSame(ProjectRef other, ProjectRef project, Project? found) =>
        other.ToString() == project.ToString()
        || (found is not null && (other.Id == found.Id || (other.Name == found.Name && IsIn(other.Domain, found))));

    private bool IsIn(string? domain, Project found) => domain is null || view.DomainOf(domain)?.Id == found.DomainId;

    private void PlanProject(SiteVo vo, ProjectRef project)
    {
        var name = project.ToString();
        var found = view.Projects.GetValueOrDefault(name, []);
        if (found.Count > 1)
        {
            Problem(
                $"There are {found.Count} projects called {project.Name}, in different domains.",
                $"Write the domain of the VO {vo.Name}'s project: {{name: {project.Name}, domain: …}}."
            );
            return;
        }

        if (found.Count == 1)
        {
            if (_voOfProject.TryGetValue(found[0].Id, out var other) && other != vo.Name)
            {
                Problem(
                    $"The project {name} belongs to the VOs {other} and {vo.Name}: it is written in two ways.",
                    "Write it alike at both, then they share it; or give one of them a project of its own."
                );
                return;
            }

            _voOfProject[found[0].Id] = vo.Name;
            CheckWrittenOnce(vo, project, found[0].Id);
            var owner = OwnerOf(vo, project, found[0]);
            var fields = Differences(owner, project, found[0]);
            var isRenamed = fields.Exists(field => field.Field == "name");
            Keep(
                Kinds.Project,
                name,
                found[0].Id,
                fields,
                (c, ct) => ChangeProjectAsync(c, owner, project, isRenamed, ct)
            );
            return;
        }

        if (vo.IsUnmapped)
        {
            Problem(
                $"The project {name} of the VO {vo.Name}, which leaves the site, is gone.",
                $"Take the project, or the whole VO, out of site.yaml; or take the VO back: `fedsite vo retire {vo.Name} --undo`."
            );
            return;
        }

        if (project.Id is not null)
        {
            Problem(
                $"There is no project with the id {project.Id}, which the VO {vo.Name} has.",
                "Correct the id, or write the project as {name: …, domain: …}: then it is made."
            );
            return;
        }

        var domain = project.Domain ?? DefaultDomain;
        if (view.DomainOf(domain) is null && !IsFederated(domain))
        {
            Problem(
                $"The domain {domain} of the project {project.Name} does not exist.",
                "Create it, or correct `domain`."
            );
            return;
        }

        var first = OwnerOf(vo, project, found: null);
        Create(
            Kinds.Project,
            name,
            [new FieldChange($"property {VoProperty}", null, first.Vo)],
            (c, ct) => MakeProjectAsync(c, first, project, domain, ct)
        );
    }

    /// <summary>Written in two ways with different terms, it would get the one and the other in turns.</summary>
    private void CheckWrittenOnce(SiteVo vo, ProjectRef project, string id)
    {
        foreach (var other in vo.Projects.TakeWhile(other => other.ToString() != project.ToString()))
        {
            if (FindProjectId(other) == id && TermsDiffer(other, project) is { } term)
                Problem(
                    $"{other} and {project} of the VO {vo.Name} are one project (id {id}), and have different {term}.",
                    "Write it once."
                );
        }
    }

    private static string? TermsDiffer(ProjectRef one, ProjectRef other)
    {
        if (one.Quota is { } first && other.Quota is { } second)
        {
            foreach (var kind in QuotaKind.All)
            {
                if (kind.Wanted(first) is { } limit && kind.Wanted(second) is { } otherLimit && limit != otherLimit)
                    return "quotas";
            }
        }

        return one.Network is { } network && other.Network is { } another && !network.IsSame(another)
            ? "networks"
            : null;
    }

    private static List<FieldChange> Differences(ProjectOwner owner, ProjectRef wanted, Project found)
    {
        var fields = new List<FieldChange>();
        if (wanted.Name is { } name && !string.Equals(found.Name, name, StringComparison.OrdinalIgnoreCase))
            Compare(fields, "name", found.Name, name);
        if (!owner.IsClosed)
            Compare(fields, "enabled", Text(found.Enabled), Text(true));
        Compare(fields, $"property {VoProperty}", VoOf(found), owner.Vo);
        return fields;
    }

    private static string? VoOf(Project project) =>
        project.Properties.TryGetValue(VoProperty, out var value) && value.ValueKind != JsonValueKind.Null
            ? value.ToString()
            : null;

    private async Task MakeProjectAsync(
        ApplyContext context,
        ProjectOwner owner,
        ProjectRef project,
        string domain,
        CancellationToken ct
    )
    {
        var domainId = DomainId(context, domain);
        var fields = new JsonObject
        {
            ["name"] = project.Name,
            ["domain_id"] = domainId,
            ["description"] = $"VO {owner.Vo}",
            ["enabled"] = true,
            [VoProperty] = owner.Vo,
        };
        await context.Identity.CreateProjectAsync(fields, ct);
        var named = await context.Identity.ListProjectsAsync(tag: null, project.Name, domainId, odd: null, ct);
        if (named.Count == 0)
            throw ApplyContext.WithoutEffect(Kinds.Project, project.ToString(), "it is not there");
        // A project that was there, or an older Keystone that knew the property by another name.
        if (Differences(owner, project, named[0]).Count > 0)
        {
            context.Ids.Set(Kinds.Project, project.ToString(), named[0].Id);
            await ChangeProjectAsync(context, owner, project, isRenamed: false, ct);
        }

        context.Remember(Kinds.Project, project.ToString(), named[0].Id);
    }

    private static async Task ChangeProjectAsync(
        ApplyContext context,
        ProjectOwner owner,
        ProjectRef project,
        bool isRenamed,
        CancellationToken ct
    )
    {
        var name = project.ToString();
        var id = context.Ids.Get(Kinds.Project, name);
        var fields = new JsonObject { [VoProperty] = owner.Vo };
        if (!owner.IsClosed)
            fields["enabled"] = true;
        // In other letters it is the same name to Keystone, and the site's own choice.
        if (isRenamed)
            fields["name"] = project.Name;
        await context.Identity.UpdateProjectAsync(id, fields, ct);
        var seen = await context.Identity.FindProjectAsync(id, ct);
        if (seen is null || Differences(owner, project, seen) is [_, ..])
            throw ApplyContext.WithoutEffect(
                Kinds.Project,
                name,
                seen is null ? "it is gone" : $"{VoProperty} is {VoOf(seen)}"
            );
        context.Remember(Kinds.Project, name, id);
    }

    private void PlanRoles()
    {
        if (request.HasAuditors && request.Scope.HasFederation)
        {
            var place = (GrantPlace.Domain, Kinds.Domain, request.Federation.Domain);
            PlanRole(AuditorRole, (GrantHolder.Group, Kinds.Group, request.Auditors.ToString()), place);
        }

        foreach (var vo in request.Planned)
        {
            foreach (var project in vo.Projects)
            {
                var place = (GrantPlace.Project, Kinds.Project, project.ToString());
                foreach (var role in (project.Roles ?? DefaultRoles).Distinct(StringComparer.OrdinalIgnoreCase))
                    PlanRole(role, (GrantHolder.Group, Kinds.Group, vo.Group.ToString()), place);
            }
        }

        PlanAccountingUser();
    }

    private void PlanAccountingUser()
    {
        if (!request.Scope.HasVos || request.Federation.AccountingUser is not { } user)
            return;
        var name = $"{user.Name}@{user.Domain}";
        if (view.AccountingUser is not { } found)
        {
            Problem(
                $"There is no user {name}, who is to extract usage records.",
                $"openstack user create --domain {user.Domain} --password-prompt {user.Name}"
            );
            return;
        }

        _ids.Set("user", name, found.Id);
        foreach (var project in request.Planned.SelectMany(vo => vo.Projects).DistinctBy(project => project.ToString()))
        {
            var place = (GrantPlace.Project, Kinds.Project, project.ToString());
            foreach (var role in user.Roles)
                PlanRole(role, (GrantHolder.User, "user", name), place);
        }
    }

    private void PlanRole(
        string roleName,
        (GrantHolder Kind, string Word, string Name) holder,
        (GrantPlace Kind, string Word, string Name) place
    )
    {
        var name = $"{roleName} of {holder.Word} {holder.Name} in {place.Word} {place.Name}";
        // VOs that share a group and a project name the role twice.
        if (_named.Contains((Kinds.Role, name)))
            return;
        if (view.RoleNamed(roleName) is not { } role)
        {
            var message = $"There is no role {roleName} in this cloud.";
            if (!_problems.Exists(problem => problem.Message == message))
                Problem(message, $"`openstack role create {roleName}`, or write another name under `roles`.");
            return;
        }

        Grant GrantOf(IdBook ids) =>
            new(place.Kind, ids.Get(place.Word, place.Name), holder.Kind, ids.Get(holder.Word, holder.Name), role.Id);

        var bothThere =
            _ids.Find(place.Word, place.Name) is not null && _ids.Find(holder.Word, holder.Name) is not null;
        if (bothThere && view.Grants.Contains(GrantOf(_ids)))
            Keep(Kinds.Role, name, GrantOf(_ids).Path, [], (_, _) => Task.CompletedTask);
        else
            Create(Kinds.Role, name, [], (c, ct) => MakeGrantAsync(c, name, GrantOf(c.Ids), ct));
    }

    private static async Task MakeGrantAsync(ApplyContext context, string name, Grant grant, CancellationToken ct)
    {
        await context.Identity.Grants.GrantAsync(grant, ct);
        if (!await context.Identity.Grants.HasAsync(grant, ct))
            throw ApplyContext.WithoutEffect(Kinds.Role, name, "it is not there");
        context.Remember(Kinds.Role, name, grant.Path);
    }
}

/// <summary>Whose a project is.</summary>
/// <param name="Vo">The VO that its usage counts for.</param>
/// <param name="IsClosed">All its VOs have left, so that nobody enables it again.</param>
internal sealed record ProjectOwner(string Vo, bool IsClosed);
