using FedSite.Federation.Plans.Networks;
using FedSite.OpenStack;

namespace FedSite.Federation.Plans;

/// <summary>What is no longer named.</summary>
internal sealed partial class Planner
{
    /// <summary>What was made or adopted and is named no more; removed with <c>--prune</c>, last of all.</summary>
    private List<ManagedObject> PlanUnnamed()
    {
        if (request.Scope is not { Part: null, Vo: null } || _problems.Count > 0)
            return [];
        var unnamed = request
            .Known.Where(thing => !_named.Contains((thing.Kind, thing.Name)) && !IsNamedOtherwise(thing))
            .ToList();
        var groups = unnamed.Where(thing => thing.Kind == Kinds.Group).ToList();
        var kept = new List<ManagedObject>();
        foreach (var thing in unnamed.OrderBy(thing => RemovalOrder(thing.Kind)))
        {
            if (IsUnread(thing))
            {
                _notes.Add(
                    $"{thing.Kind} {thing.Name} stays: Nova can't be read, so it may be one that site.yaml calls otherwise now"
                );
                continue;
            }

            // Roles of a group go with it.
            var goesAlong =
                thing.Kind == Kinds.Role
                && groups.Exists(group => thing.Id.Contains(group.Id, StringComparison.Ordinal));
            if (!request.Scope.Prune)
                kept.Add(thing);
            else if (Remover(thing) is { } remove)
            {
                _changes.Add(Removal(thing, remove, goesAlong));
                if (IsDoor(thing))
                    _lockOuts.AddRange(AllVos(thing.Name, $"nobody logs in by the {thing.Kind} {thing.Name} any more"));
            }
            else
                _notes.Add(
                    $"{thing.Kind} {thing.Name} is kept, with all that is in it: FedSite deletes no {thing.Kind}s"
                );
        }

        return kept;
    }

    /// <summary>The file calls it by another name now: in capitals, or by its id.</summary>
    private bool IsNamedOtherwise(ManagedObject thing) =>
        thing.Kind
            is Kinds.Domain
                or Kinds.Group
                or Kinds.Project
                or Kinds.Role
                or Kinds.FlavorAccess
                or NetworkKinds.Network
                or NetworkKinds.Router
        && _ids.Has(thing.Kind, thing.Id);

    /// <summary>Access to a flavor of which nobody could tell who has it.</summary>
    private bool IsUnread(ManagedObject thing) =>
        thing.Kind == Kinds.FlavorAccess
        && view.Unread.Keys.Any(term =>
            (term == Term.Access(term.Name) || term == Term.Metadata(term.Name))
            && (
                !view.Flavors.Flavors.TryGetValue(term.Name, out var flavor)
                || thing.Id.StartsWith(AccessId(flavor.Id, ""), StringComparison.Ordinal)
            )
        );

    /// <summary>A way to log in that is there.</summary>
    private bool IsDoor(ManagedObject thing) =>
        thing.Kind switch
        {
            Kinds.IdentityProvider => view.IdentityProviders.Any(idp => idp.Id == thing.Id),
            Kinds.Protocol => view.IdentityProviders.Any(idp => thing.Name == $"{idp.Id}/{thing.Id}"),
            _ => false,
        };

    private static int RemovalOrder(string kind) =>
        Array.IndexOf([Kinds.Protocol, Kinds.IdentityProvider, Kinds.Mapping, Kinds.Role, Kinds.Group], kind);

    private static Change Removal(
        ManagedObject thing,
        Func<OpenStackCloud, CancellationToken, Task<bool>> remove,
        bool goesAlong
    ) =>
        new()
        {
            Action = ChangeAction.Remove,
            Kind = thing.Kind,
            Name = thing.Name,
            Fields = thing.Adopted ? [new FieldChange("made by", "the site, by hand", null)] : [],
            Words = goesAlong ? ["goes with its group"] : [],
            Unit = thing.Kind == Kinds.FlavorAccess ? AccessUnit(thing.Id) : null,
            Work = async (context, ct) =>
            {
                // Given by this very apply, under the name that the file has for it now.
                var isGiven = thing.Kind is Kinds.Role or Kinds.FlavorAccess && context.Ids.Has(thing.Kind, thing.Id);
                if (!isGiven && await remove(context.Cloud, ct))
                    throw ApplyContext.WithoutEffect(thing.Kind, thing.Name, "it is still there");
                context.Store.Forget(thing.Kind, thing.Name);
            },
        };

    /// <summary>Removes an object and tells whether it is still there; null: such objects are never removed.</summary>
    private static Func<OpenStackCloud, CancellationToken, Task<bool>>? Remover(ManagedObject thing) =>
        thing.Kind switch
        {
            Kinds.Group => async (cloud, ct) =>
            {
                await cloud.Identity.DeleteGroupAsync(thing.Id, ct);
                return await cloud.Identity.FindGroupAsync(thing.Id, ct) is not null;
            },
            Kinds.Role => async (cloud, ct) =>
            {
                await cloud.Identity.Grants.RevokeAsync(thing.Id, ct);
                return await cloud.Identity.Grants.HasAsync(thing.Id, ct);
            },
            Kinds.Mapping => async (cloud, ct) =>
            {
                await cloud.Identity.Federation.DeleteMappingAsync(thing.Id, ct);
                return await cloud.Identity.Federation.FindMappingAsync(thing.Id, ct) is not null;
            },
            Kinds.IdentityProvider => async (cloud, ct) =>
            {
                await cloud.Identity.Federation.DeleteIdentityProviderAsync(thing.Id, ct);
                return await cloud.Identity.Federation.FindIdentityProviderAsync(thing.Id, ct) is not null;
            },
            Kinds.Protocol => async (cloud, ct) =>
            {
                var (idp, protocol) = (thing.Name[..thing.Name.LastIndexOf('/')], thing.Id);
                await cloud.Identity.Federation.DeleteProtocolAsync(idp, protocol, ct);
                return await cloud.Identity.Federation.FindProtocolAsync(idp, protocol, ct) is not null;
            },
            Kinds.FlavorAccess => (cloud, ct) => TakeAccessAsync(thing, cloud.Compute, ct),
            _ => null,
        };
}
