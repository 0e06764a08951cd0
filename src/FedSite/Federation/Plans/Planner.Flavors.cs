using FedSite.Configuration;
using FedSite.Federation.Flavors;
using FedSite.OpenStack;
using FedSite.OpenStack.Compute;

namespace FedSite.Federation.Plans;

/// <summary>Flavors: what users find them by, and who may use them. No flavor is ever made or removed.</summary>
internal sealed partial class Planner
{
    private readonly HashSet<string> _missingFlavors = new(StringComparer.Ordinal);

    private void PlanFlavors()
    {
        _notes.AddRange(view.Flavors.Faults.Select(fault => $"Nova lists a flavor that can't be understood: {fault}"));
        foreach (
            var wanted in request.PlannedFlavors.Where(flavor => !view.Unread.ContainsKey(Term.Metadata(flavor.Name)))
        )
            PlanSpecs(wanted);
        foreach (var vo in request.WithFlavors)
        {
            foreach (var flavor in vo.Flavors.Distinct(StringComparer.Ordinal))
                PlanAccess(vo, flavor);
        }
    }

    private ListedFlavor? FindFlavor(string name, string wantedBy)
    {
        if (view.Flavors.Flavors.TryGetValue(name, out var flavor))
            return flavor;
        if (_missingFlavors.Add(name))
            Finding(
                $"There is no flavor {name}, which {wantedBy} names; FedSite makes no flavors.",
                (
                    NearestFlavor(name) is { } near
                        ? $"Did you mean {near}? Names of flavors tell capitals from small letters. Else: "
                        : ""
                )
                    + $"`openstack flavor create --private --vcpus … --ram … --disk … {name}`, or correct the name in site.yaml."
            );
        return null;
    }

    private string? NearestFlavor(string name) =>
        view.Flavors.Others.FirstOrDefault(other => other.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? NearestWord.Of(name, view.Flavors.Others);

    private void PlanSpecs(FlavorConfig wanted)
    {
        if (FindFlavor(wanted.Name, "`flavors`") is not { } flavor)
            return;
        var specs = FlavorSpecs.Wanted(wanted);
        var has = flavor.ExtraSpecs ?? new Dictionary<string, string>();
        var fields = new List<FieldChange>();
        foreach (var (key, value) in specs)
            Compare(fields, key, has.GetValueOrDefault(key), value);
        var others = has.Where(spec =>
            spec.Key.StartsWith(FlavorSpecs.Prefix, StringComparison.Ordinal) && !specs.ContainsKey(spec.Key)
        );
        _notes.AddRange(
            others
                .OrderBy(spec => spec.Key, StringComparer.Ordinal)
                .Select(spec =>
                    $"flavor {flavor.Name} has {spec.Key} = {spec.Value}, which site.yaml does not name; it stays"
                )
        );
        if (fields.Count == 0)
        {
            _untouched++;
            return;
        }

        // Not remembered: a flavor is never removed, and its name never changes.
        _changes.Add(
            new Change
            {
                Action = ChangeAction.Change,
                Kind = Kinds.Flavor,
                Name = flavor.Name,
                Fields = fields,
                Unit = new ChangeUnit(ServiceNames.Compute, $"{Kinds.Flavor} {flavor.Name}"),
                Work = (context, ct) => SetSpecsAsync(context, flavor, fields, ct),
            }
        );
    }

    private static async Task SetSpecsAsync(
        ApplyContext context,
        ListedFlavor flavor,
        List<FieldChange> fields,
        CancellationToken ct
    )
    {
        var specs = fields.ToDictionary(field => field.Field, field => field.New!, StringComparer.Ordinal);
        await context.Cloud.Compute.SetExtraSpecsAsync(flavor.Id, specs, ct);
        var seen =
            await context.Cloud.Compute.FindExtraSpecsAsync(flavor.Id, ct)
            ?? throw ApplyContext.WithoutEffect(Kinds.Flavor, flavor.Name, "it is gone", "Nova");
        foreach (var (key, value) in specs)
        {
            if (seen.GetValueOrDefault(key) is var now && now != value)
                throw ApplyContext.WithoutEffect(Kinds.Flavor, flavor.Name, $"{key} is {now ?? "not there"}", "Nova");
        }
    }

    private void PlanAccess(SiteVo vo, string name)
    {
        var flavor = view.Unread.ContainsKey(Term.Access(name)) ? null : FindFlavor(name, $"the VO {vo.Name}");
        if (flavor is { IsPublic: true })
            _notes.Add($"flavor {name} is public: everybody has it, whether or not the VO {vo.Name} names it");
        foreach (var project in vo.Projects)
        {
            // What the file names is never pruned, and a project that two VOs share is given access once.
            var access = $"{name} for project {project}";
            if (!_named.Add((Kinds.FlavorAccess, access)) || flavor is null or { IsPublic: true })
                continue;
            var projectId = FindProjectId(project);
            if (projectId is { } id && view.Flavors.Access[flavor.Id].Contains(id))
                Keep(Kinds.FlavorAccess, access, AccessId(flavor.Id, id), [], (_, _) => Task.CompletedTask);
            else if (CanBeGiven(vo, project))
                Create(
                    Kinds.FlavorAccess,
                    access,
                    [],
                    (c, ct) => GiveAccessAsync(c, access, flavor.Id, project, ct),
                    unit: AccessUnit(AccessId(flavor.Id, projectId ?? access))
                );
        }
    }

    private string? FindProjectId(ProjectRef project) =>
        view.Projects.GetValueOrDefault(project.ToString(), []) is [var found] ? found.Id : null;

    /// <summary>The project is there, or made before; with the VOs' own objects, that is said where projects are planned.</summary>
    private bool CanBeGiven(SiteVo vo, ProjectRef project)
    {
        if (request.Scope.HasVos)
            return true;
        if (FindProjectId(project) is { } id)
        {
            _ids.Set(Kinds.Project, project.ToString(), id);
            return true;
        }

        Problem(
            $"The project {project} of the VO {vo.Name} does not exist yet, or its name is not clear.",
            "Run `fedsite apply` without --only first."
        );
        return false;
    }

    private static async Task GiveAccessAsync(
        ApplyContext context,
        string access,
        string flavorId,
        ProjectRef project,
        CancellationToken ct
    )
    {
        var projectId = context.Ids.Get(Kinds.Project, project.ToString());
        await context.Cloud.Compute.AddFlavorAccessAsync(flavorId, projectId, ct);
        var seen = await context.Cloud.Compute.FindFlavorAccessAsync(flavorId, ct);
        if (seen?.Contains(projectId) != true)
            throw ApplyContext.WithoutEffect(Kinds.FlavorAccess, access, "it is not there", "Nova");
        context.Remember(Kinds.FlavorAccess, access, AccessId(flavorId, projectId));
    }

    /// <summary>As it is remembered. An id of a project has no slash; the site may have given the flavor one that has.</summary>
    private static string AccessId(string flavorId, string projectId) => $"{flavorId}/{projectId}";

    /// <summary>One for the access by whatever name: what could not be given is not taken either.</summary>
    private static ChangeUnit AccessUnit(string accessId) =>
        new(ServiceNames.Compute, $"{Kinds.FlavorAccess} {accessId}");

    private static async Task<bool> TakeAccessAsync(ManagedObject thing, ComputeApi compute, CancellationToken ct)
    {
        var slash = thing.Id.LastIndexOf('/');
        var (flavorId, projectId) = (thing.Id[..slash], thing.Id[(slash + 1)..]);
        await compute.RemoveFlavorAccessAsync(flavorId, projectId, ct);
        return await compute.FindFlavorAccessAsync(flavorId, ct) is { } access && access.Contains(projectId);
    }
}
