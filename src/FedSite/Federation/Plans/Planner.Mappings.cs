using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FedSite.Federation.Mappings;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.Plans;

/// <summary>The mappings, and who is locked out by them.</summary>
internal sealed partial class Planner
{
    private const string Unreadable =
        "it can't be read (`fedsite federation lint` says why), so nobody knows whom it admits";

    private readonly GroupBook _groups = GroupBook.Of(request, view);

    private void PlanMappings()
    {
        foreach (var vo in request.Managed.Where(vo => request.Scope.Vo is null || vo.Name == request.Scope.Vo))
        {
            if (vo.IsUnmapped)
                continue;
            _notes.AddRange(vo.Faults.Select(fault => $"VO {vo.Name}: the entitlement {fault}; it is not mapped"));
            if (vo.Entitlements.Count == 0 && vo.Faults.Count == 0)
                _notes.Add(
                    vo.Source == "site.yaml"
                        ? $"VO {vo.Name} has no usable entitlement in site.yaml, so nobody is let in"
                        : $"VO {vo.Name} has no known entitlement, so nobody is let in: write `entitlements`, or run `fedsite vo import`"
                );
        }

        foreach (var providers in request.Providers.GroupBy(provider => provider.Mapping, StringComparer.Ordinal))
            PlanMapping(providers.Key, [.. providers]);
        _lockOuts.RemoveAll(IsMeant);
    }

    /// <summary>VOs that leave lose their way in on purpose, if nobody else loses theirs with them.</summary>
    private bool IsMeant(LockOut lockOut)
    {
        var leaving = request.Vos.Where(vo => vo.IsUnmapped).ToList();
        if (lockOut.Groups.Count == 0)
            return leaving.Exists(vo => vo.Name == lockOut.Vo);
        var groups = leaving.Select(vo => GroupId(vo.Group)).ToHashSet();
        groups.ExceptWith(request.Vos.Where(vo => !vo.IsUnmapped).Select(vo => GroupId(vo.Group)));
        return lockOut.Groups.All(groups.Contains);
    }

    private void PlanMapping(string id, IReadOnlyList<OpenIdProvider> providers)
    {
        var issuers = providers.Select(provider => provider.Issuer).ToList();
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
            _mappingsLeft.Add(id);
            return;
        }

        Task Write(ApplyContext context, CancellationToken ct) =>
            PutMappingAsync(
                context,
                id,
                Rules(group => GroupId(group) ?? context.Ids.Get(Kinds.Group, group.ToString())),
                stored,
                ct
            );
        var wanted = MappingDocument.Parse(Encoding.UTF8.GetBytes(rules.ToJsonString()), $"The new mapping {id}");
        FindLockOuts(id, providers, wanted, isSame: stored?.IsCustomary == true && JsonNode.DeepEquals(current, rules));
        if (current is null)
        {
            Create(Kinds.Mapping, id, [RulesField(null, rules)], Write, Words(old: null, wanted));
            return;
        }

        var fields = new List<FieldChange>();
        if (!JsonNode.DeepEquals(current, rules))
            fields.Add(RulesField(current, rules));
        if (!stored!.IsCustomary)
            Compare(fields, "schema version", stored.SchemaVersion, "1.0");
        Keep(
            Kinds.Mapping,
            id,
            id,
            fields,
            Write,
            fields.Count == 0 ? [] : Words(CloudReader.Readable(stored), wanted)
        );
    }

    /// <summary>
    /// People log in by the mapping that the protocol names today, which may be another one than the file's.
    /// </summary>
    private void FindLockOuts(string id, IReadOnlyList<OpenIdProvider> providers, MappingDocument wanted, bool isSame)
    {
        var used = providers
            .Select(provider => view.Protocols.GetValueOrDefault((provider.Idp, provider.Protocol))?.MappingId)
            .OfType<string>();
        var replaced = request.Scope.HasFederation ? used.Append(id) : [id];
        foreach (var stored in replaced.Distinct(StringComparer.Ordinal).Select(view.Mappings.GetValueOrDefault))
        {
            if (stored is null || (stored.Id == id && isSame))
                continue;
            if (CloudReader.Readable(stored) is not { } old)
                _lockOuts.Add(new LockOut(stored.Id, Entitlement: null, Vo: null, Unreadable, []));
            else
                _lockOuts.AddRange(
                    LockOuts.Find(stored.Id, old, wanted, IssuersOf(stored.Id), request.Federation.Deployment, _groups)
                );
        }

        if (request.Scope.HasFederation)
            FindDroppedIssuers(providers);
    }

    /// <summary>Issuers whose tokens reach the mapping; null among them: whosever.</summary>
    private IReadOnlyList<string?> IssuersOf(string mapping)
    {
        var own = OwnIdentityProviders().ToList();
        var users = own.Where(idp =>
                request.Providers.Any(provider =>
                    provider.Idp == idp.Id
                    && view.Protocols.GetValueOrDefault((idp.Id, provider.Protocol))?.MappingId == mapping
                )
            )
            .ToList();
        // Protocols of identity providers that the file does not name may use it too.
        var isKnown = own.Count == view.IdentityProviders.Count && users.Count > 0;
        return isKnown && users.TrueForAll(idp => idp.RemoteIds.Count > 0)
            ? [.. users.SelectMany(idp => idp.RemoteIds).Distinct(StringComparer.Ordinal)]
            : [null];
    }

    /// <summary>Issuers that the mapping goes on to take, but the identity provider does not.</summary>
    private void FindDroppedIssuers(IReadOnlyList<OpenIdProvider> providers)
    {
        foreach (var provider in providers)
        {
            var idp = view.IdentityProviders.FirstOrDefault(idp => idp.Id == provider.Idp);
            var used = view.Protocols.GetValueOrDefault((provider.Idp, provider.Protocol))?.MappingId;
            if (idp is null || used is null || view.Mappings.GetValueOrDefault(used) is not { } stored)
                continue;
            var issuers = (CloudReader.Readable(stored)?.Rules ?? []).Select(MappingPeople.IssuerOf).ToList();
            var dropped = idp.RemoteIds.Where(issuer =>
                issuer != provider.Issuer
                && issuers.Exists(asked => asked is null || asked.Regex || asked.Texts.Contains(issuer))
                && !_lockOuts.Exists(one => one.Reason.Contains(issuer, StringComparison.Ordinal))
            );
            foreach (var issuer in dropped)
            {
                var reason = $"people with tokens of {issuer} are refused by the identity provider {idp.Id}";
                _lockOuts.AddRange(AllVos(used, reason));
            }
        }
    }

    /// <summary>The lock-out of everybody.</summary>
    private IEnumerable<LockOut> AllVos(string mapping, string reason) =>
        Admitted(current: null)
            .Select(entry => new LockOut(
                mapping,
                Entitlement: null,
                request.Managed.FirstOrDefault(vo => vo.Group == entry.Group)?.Name ?? entry.Group.Name,
                reason,
                GroupId(entry.Group) is { } id ? [id] : []
            ));

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
        foreach (var vo in request.Managed.Where(vo => vo.Entitlements.Count > 0 && !vo.IsUnmapped))
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
        var bytes = MappingRules.StoredBytes(rules);
        var unmapped = request.Managed.Where(vo => vo.IsUnmapped).Select(vo => vo.Name).ToList();
        if (rules.Count == 0 && unmapped.Count > 0)
        {
            Problem(
                $"Without {string.Join(", ", unmapped)} the mapping {id} would admit nobody, and Keystone takes no mapping without rules.",
                "Write another VO, or `auditors` under `federation`, into site.yaml and run `fedsite apply`; then this again."
            );
        }
        else if (rules.Count == 0)
        {
            Problem(
                $"The mapping {id} would admit nobody: no managed VO has a known entitlement and a group.",
                request.Scope is { Part: null, Vo: null }
                    ? "Write `entitlements` for a VO, or run `fedsite vo import vo-mappings.yaml`."
                    : "Run `fedsite apply` without --only and --vo: that makes the groups too."
            );
        }
        else if (bytes > MappingRules.MaxBytes)
        {
            Problem(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The mapping {id} would have {bytes} bytes in Keystone's database, which keeps {MappingRules.MaxBytes}."
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

    private static async Task PutMappingAsync(
        ApplyContext context,
        string id,
        JsonArray rules,
        StoredMapping? old,
        CancellationToken ct
    )
    {
        if (old is not null)
            context.Store.Keep(id, Encoding.UTF8.GetString(old.Json.Span));
        await context.Identity.Federation.PutMappingAsync(id, rules, old, ct);
        var seen = await context.Identity.Federation.FindMappingAsync(id, ct);
        if (seen is not { IsCustomary: true } || !JsonNode.DeepEquals(JsonNode.Parse(seen.Rules.GetRawText()), rules))
            throw ApplyContext.WithoutEffect(
                Kinds.Mapping,
                id,
                seen is null ? "it is not there" : "its rules are others"
            );
        context.Remember(Kinds.Mapping, id, id);
    }
}
