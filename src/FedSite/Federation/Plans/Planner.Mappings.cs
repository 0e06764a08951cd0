using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FedSite.Federation.Mappings;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.Plans;

/// <summary>The mappings, and what is no longer named.</summary>
internal sealed partial class Planner
{
    private readonly GroupBook _groups = GroupBook.Of(request, view);

    private void PlanMappings()
    {
        foreach (var vo in request.Managed.Where(vo => request.Scope.Vo is null || vo.Name == request.Scope.Vo))
        {
            _notes.AddRange(vo.Faults.Select(fault => $"VO {vo.Name}: the entitlement {fault}; it is not mapped"));
            if (vo.Entitlements.Count == 0)
                _notes.Add(
                    $"VO {vo.Name} has no known entitlement, so nobody is let in: write `entitlements`, or run `fedsite vo import`"
                );
        }

        foreach (var providers in request.Providers.GroupBy(provider => provider.Mapping, StringComparer.Ordinal))
            PlanMapping(providers.Key, [.. providers.Select(provider => provider.Issuer)]);
    }

    private void PlanMapping(string id, IReadOnlyList<string> issuers)
    {
        var stored = view.Mappings.GetValueOrDefault(id);
        var current = stored is null ? null : JsonNode.Parse(stored.Rules.GetRawText())!.AsArray();
        var admitted = Admitted(current);
        JsonArray Rules(Func<GroupName, string> idOf) =>
            MappingRules.Of(
                issuers,
                request.Federation,
                [.. admitted.Select(entry => new Admission(entry.Entitlements, idOf(entry.Group)))]
            );

        var rules = Rules(group => GroupId(group) ?? GroupBook.Placeholder(group));
        if (!CanBeStored(id, rules))
            return;
        if (request.Scope.Vo is not null && current is not null && !OthersAgree(current, rules))
        {
            _notes.Add(
                $"the mapping {id} is left alone: it differs for other VOs too; run without --vo to bring it up to date"
            );
            return;
        }

        Task Write(ApplyContext context, CancellationToken ct) =>
            PutMappingAsync(
                context,
                id,
                Rules(group => GroupId(group) ?? context.Ids.Get(Kinds.Group, group.ToString())),
                current,
                ct
            );
        var wanted = MappingDocument.Parse(Encoding.UTF8.GetBytes(rules.ToJsonString()), $"The new mapping {id}");
        if (current is null)
        {
            Create(Kinds.Mapping, id, [RulesField(null, rules)], Write, Words(old: null, wanted));
            return;
        }

        if (JsonNode.DeepEquals(current, rules))
        {
            Keep(Kinds.Mapping, id, id, [], Write);
            return;
        }

        var old = Readable(id, current);
        if (old is not null)
            _lockOuts.AddRange(LockOuts.Find(id, old, wanted, request.Federation.Deployment, _groups));
        Keep(Kinds.Mapping, id, id, [RulesField(current, rules)], Write, Words(old, wanted));
    }

    private IReadOnlyList<string> Words(MappingDocument? old, MappingDocument @new) =>
        MappingWords.Difference(old, @new, _groups);

    /// <summary>Whom the mapping is to admit: those whose group is there, or is made by this plan.</summary>
    private List<(IReadOnlyList<string> Entitlements, GroupName Group)> Admitted(JsonArray? current)
    {
        var used = request.Scope.Vo is null || current is null ? null : GroupIdsIn(current);
        bool Counts(GroupName group, bool isPlanned) =>
            isPlanned || (GroupId(group) is { } id && (used is null || used.Contains(id)));

        var admitted = new List<(IReadOnlyList<string>, GroupName)>();
        var planned = request.Planned.Select(vo => vo.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var vo in request.Managed.Where(vo => vo.Entitlements.Count > 0))
        {
            if (Counts(vo.Group, planned.Contains(vo.Name)))
                admitted.Add((vo.Entitlements, vo.Group));
            else if (request.Scope.Vo is null)
                _notes.Add($"VO {vo.Name} is not mapped yet: its group {vo.Group} does not exist; run without --only");
        }

        if (request.HasAuditors && Counts(request.Auditors, request.Scope.HasFederation))
            admitted.Add((request.Federation.Auditors, request.Auditors));
        return admitted;
    }

    private string? GroupId(GroupName group) =>
        _ids.Find(Kinds.Group, group.ToString()) ?? CloudReader.FindGroup(request, view, group)?.Id;

    private bool CanBeStored(string id, JsonArray rules)
    {
        var bytes = Encoding.UTF8.GetByteCount(rules.ToJsonString());
        if (rules.Count == 0)
        {
            Problem(
                $"The mapping {id} would admit nobody: no managed VO has a known entitlement and a group.",
                "Write `entitlements` for a VO, or run `fedsite vo import vo-mappings.yaml`."
            );
        }
        else if (bytes > MappingRules.MaxBytes)
        {
            Problem(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The mapping {id} would have {bytes} bytes; Keystone's database keeps {MappingRules.MaxBytes}."
                ),
                "Take VOs or entitlements out, or drop a claim of `entitlement_claims` once Check-in has retired it."
            );
        }

        return rules.Count > 0 && bytes <= MappingRules.MaxBytes;
    }

    /// <summary>But for the VO that is planned, and for the rules of everybody's address.</summary>
    private bool OthersAgree(JsonArray current, JsonArray wanted)
    {
        var own = request.Planned.Select(vo => GroupId(vo.Group)).ToHashSet();
        JsonArray Others(JsonArray rules) =>
            [
                .. rules
                    .Where(rule => GroupIdsIn([rule!.DeepClone()]) is [_, ..] ids && !ids.Exists(own.Contains))
                    .Select(rule => rule!.DeepClone()),
            ];
        var newGroup = request.Planned.Select(vo => GroupBook.Placeholder(vo.Group));
        own.UnionWith(newGroup);
        return JsonNode.DeepEquals(Others(current), Others(wanted));
    }

    private static List<string> GroupIdsIn(JsonArray rules) =>
        [
            .. rules
                .OfType<JsonObject>()
                .SelectMany(rule => rule["local"] as JsonArray ?? [])
                .OfType<JsonObject>()
                .Select(local => (local["group"] as JsonObject)?["id"]?.ToString())
                .OfType<string>(),
        ];

    /// <summary>Its words may be the same though its rules are not.</summary>
    private static FieldChange RulesField(JsonArray? old, JsonArray @new) =>
        new("rules", old is null ? null : Digest(old), Digest(@new));

    private static string Digest(JsonArray rules)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rules.ToJsonString())));
        return string.Create(CultureInfo.InvariantCulture, $"{rules.Count} rules ({hash[..12]})");
    }

    private MappingDocument? Readable(string id, JsonArray current)
    {
        try
        {
            return MappingDocument.Parse(Encoding.UTF8.GetBytes(current.ToJsonString()), $"The mapping {id}");
        }
        catch (FedSiteException e)
        {
            var reason = $"it can't be read, so nobody knows whom it admits: {e.Message}";
            _lockOuts.Add(new LockOut(id, Entitlement: null, Vo: null, reason, []));
            return null;
        }
    }

    private static async Task PutMappingAsync(
        ApplyContext context,
        string id,
        JsonArray rules,
        JsonArray? current,
        CancellationToken ct
    )
    {
        if (current is not null)
            context.Store.Keep(id, current.ToJsonString());
        await context.Identity.Federation.PutMappingAsync(id, rules, current is not null, ct);
        var seen = await context.Identity.Federation.FindMappingAsync(id, ct);
        if (seen is null || !JsonNode.DeepEquals(JsonNode.Parse(seen.Rules.GetRawText()), rules))
            throw ApplyContext.WithoutEffect(
                Kinds.Mapping,
                id,
                seen is null ? "it is not there" : "its rules are others"
            );
        context.Remember(Kinds.Mapping, id, id);
    }

    /// <summary>What was made or adopted and is named no more; removed with <c>--prune</c>, last of all.</summary>
    private List<ManagedObject> PlanUnnamed()
    {
        if (request.Scope is not { Part: null, Vo: null } || _problems.Count > 0)
            return [];
        var unnamed = request.Known.Where(thing => !_named.Contains((thing.Kind, thing.Name))).ToList();
        var groups = unnamed.Where(thing => thing.Kind == Kinds.Group).ToList();
        var kept = new List<ManagedObject>();
        foreach (var thing in unnamed.OrderBy(thing => RemovalOrder(thing.Kind)))
        {
            // Roles of a group go with it.
            var goesAlong =
                thing.Kind == Kinds.Role
                && groups.Exists(group => thing.Id.Contains(group.Id, StringComparison.Ordinal));
            if (!request.Scope.Prune)
                kept.Add(thing);
            else if (Remover(thing) is { } remove)
                _changes.Add(Removal(thing, remove, goesAlong));
            else
                _notes.Add(
                    $"{thing.Kind} {thing.Name} is kept, with all that is in it: FedSite deletes no {thing.Kind}s"
                );
        }

        return kept;
    }

    private static int RemovalOrder(string kind) =>
        Array.IndexOf([Kinds.Protocol, Kinds.IdentityProvider, Kinds.Mapping, Kinds.Role, Kinds.Group], kind);

    private static Change Removal(
        ManagedObject thing,
        Func<IdentityApi, CancellationToken, Task<bool>> remove,
        bool goesAlong
    ) =>
        new()
        {
            Action = ChangeAction.Remove,
            Kind = thing.Kind,
            Name = thing.Name,
            Fields = thing.Adopted ? [new FieldChange("made by", "the site, by hand", null)] : [],
            Words = goesAlong ? ["goes with its group"] : [],
            Work = async (context, ct) =>
            {
                if (await remove(context.Identity, ct))
                    throw ApplyContext.WithoutEffect(thing.Kind, thing.Name, "it is still there");
                context.Store.Forget(thing.Kind, thing.Name);
            },
        };

    /// <summary>Removes an object and tells whether it is still there; null: such objects are never removed.</summary>
    private static Func<IdentityApi, CancellationToken, Task<bool>>? Remover(ManagedObject thing) =>
        thing.Kind switch
        {
            Kinds.Group => async (identity, ct) =>
            {
                await identity.DeleteGroupAsync(thing.Id, ct);
                return await identity.FindGroupAsync(thing.Id, ct) is not null;
            },
            Kinds.Role => async (identity, ct) =>
            {
                await identity.Grants.RevokeAsync(thing.Id, ct);
                return await identity.Grants.HasAsync(thing.Id, ct);
            },
            Kinds.Mapping => async (identity, ct) =>
            {
                await identity.Federation.DeleteMappingAsync(thing.Id, ct);
                return await identity.Federation.FindMappingAsync(thing.Id, ct) is not null;
            },
            Kinds.IdentityProvider => async (identity, ct) =>
            {
                await identity.Federation.DeleteIdentityProviderAsync(thing.Id, ct);
                return await identity.Federation.FindIdentityProviderAsync(thing.Id, ct) is not null;
            },
            Kinds.Protocol => async (identity, ct) =>
            {
                var (idp, protocol) = (thing.Name[..thing.Name.LastIndexOf('/')], thing.Id);
                await identity.Federation.DeleteProtocolAsync(idp, protocol, ct);
                return await identity.Federation.FindProtocolAsync(idp, protocol, ct) is not null;
            },
            _ => null,
        };
}
