using FedSite.Federation.Retirement;

namespace FedSite.Federation.Plans;

/// <summary>VOs on their way out, and those that have gone it.</summary>
internal sealed partial class Planner
{
    private IEnumerable<string> Leaving() =>
        request
            .Managed.Where(vo => vo.IsUnmapped && (request.Scope.Vo is null || vo.Name == request.Scope.Vo))
            .Select(vo =>
                $"VO {vo.Name} leaves the site (stage {vo.Leaving!.Value.Word()}): it is not mapped{(vo.IsClosed ? ", and its projects are not enabled again" : "")}; `fedsite vo retire {vo.Name}` shows where it stands"
            );

    /// <summary>
    /// Last of all: remembered on, a VO that comes back some day would be on its way out at once. One that the file
    /// still names elsewhere would be offered again.
    /// </summary>
    private void PlanForgetting()
    {
        if (request.Scope is not { Part: null, Vo: null } || _problems.Count > 0)
            return;
        foreach (var vo in request.Gone)
        {
            if (vo.Stage < RetirementStage.Delete)
                _notes.Add(
                    $"VO {vo.Name} was on its way out (stage {vo.Stage.Word()}) when it was taken out of site.yaml: write it again, and go on with `fedsite vo retire {vo.Name}`"
                );
            else if (vo.Elsewhere is { } key)
                _notes.Add($"VO {vo.Name} has left, but `{key}` still names it: take it out there too");
            else if (request.Scope.Prune)
                _changes.Add(Forgetting(vo));
            else
                _notes.Add($"VO {vo.Name} has left{Undelivered(vo)}; `fedsite apply --prune` forgets that it did");
        }
    }

    private static string Undelivered(GoneVo vo) =>
        vo.Stage < RetirementStage.Disable ? ", though its last usage was not seen delivered" : "";

    private static Change Forgetting(GoneVo vo) =>
        new()
        {
            Action = ChangeAction.Remove,
            Kind = Kinds.Retirement,
            Name = vo.Name,
            Words = [$"it has left{Undelivered(vo)}; written into site.yaml again, it begins anew"],
            Work = (context, _) =>
            {
                context.Retirements.Forget(vo.Name);
                return Task.CompletedTask;
            },
        };

    private IEnumerable<string> OtherMappings() =>
        request
            .Providers.Select(provider => (Provider: provider, Used: UsedBy(provider)))
            .Where(one => one.Used is not null && one.Used != one.Provider.Mapping)
            .Select(one => $"the mapping {one.Used} of the protocol {one.Provider.Idp}/{one.Provider.Protocol}");

    private string? UsedBy(OpenIdProvider provider) =>
        view.Protocols.GetValueOrDefault((provider.Idp, provider.Protocol))?.MappingId;
}
