using System.Text;
using System.Text.Json.Nodes;
using FedSite.Federation.Mappings;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.Plans;

/// <summary>Puts a mapping back that was replaced.</summary>
public sealed class MappingRestore
{
    /// <summary>Groups of which the name is asked.</summary>
    private const int MaxGroups = 200;

    private readonly IdentityApi _identity;
    private readonly FederationStore _store;
    private readonly JsonArray? _current;

    private MappingRestore(IdentityApi identity, FederationStore store, KeptMapping kept, JsonArray? current)
    {
        _identity = identity;
        _store = store;
        _current = current;
        Kept = kept;
    }

    public KeptMapping Kept { get; }

    /// <summary>What changes for people; empty: the mapping is in its place already.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    /// <exception cref="FedSiteException">No mapping of that id was ever replaced here.</exception>
    public static async Task<MappingRestore> PrepareAsync(
        IdentityApi identity,
        FederationStore store,
        string mapping,
        CancellationToken ct
    )
    {
        var kept =
            store.LastKept(mapping)
            ?? throw new FedSiteException(
                $"No mapping {mapping} was ever replaced from here, so there is none to put back.",
                "The state folder of another host, or of another account, may have it: key `state` of site.yaml."
            );
        var stored = await identity.Federation.FindMappingAsync(mapping, ct);
        var current = stored is null ? null : JsonNode.Parse(stored.Rules.GetRawText())!.AsArray();
        var rules = JsonNode.Parse(kept.Rules)!.AsArray();
        return new MappingRestore(identity, store, kept, current)
        {
            Words = JsonNode.DeepEquals(current, rules) ? [] : await DifferencesAsync(identity, current, rules, ct),
        };
    }

    /// <exception cref="FedSiteException">Keystone refuses it, or it has no effect.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        if (_current is not null)
            _store.Keep(Kept.Mapping, _current.ToJsonString());
        var rules = JsonNode.Parse(Kept.Rules)!.AsArray();
        await _identity.Federation.PutMappingAsync(Kept.Mapping, rules, _current is not null, ct);
        var seen = await _identity.Federation.FindMappingAsync(Kept.Mapping, ct);
        if (seen is null || !JsonNode.DeepEquals(JsonNode.Parse(seen.Rules.GetRawText()), JsonNode.Parse(Kept.Rules)))
            throw ApplyContext.WithoutEffect(Kinds.Mapping, Kept.Mapping, "its rules are others");
    }

    private static async Task<IReadOnlyList<string>> DifferencesAsync(
        IdentityApi identity,
        JsonArray? current,
        JsonArray rules,
        CancellationToken ct
    )
    {
        try
        {
            var (old, @new) = (Read(current), Read(rules)!);
            var ids = MappingPeople
                .Of(old, GroupBook.Empty)
                .Concat(MappingPeople.Of(@new, GroupBook.Empty))
                .Select(people => people.Group!)
                .Distinct(StringComparer.Ordinal);
            var groups = new List<Group>();
            foreach (var id in ids.Take(MaxGroups))
            {
                if (await identity.FindGroupAsync(id, ct) is { } group)
                    groups.Add(group);
            }

            return MappingWords.Difference(old, @new, new GroupBook(groups, _ => null, []));
        }
        catch (FedSiteException e)
        {
            return [$"~ its rules change; they can't be told in words: {e.Message}"];
        }
    }

    private static MappingDocument? Read(JsonArray? rules) =>
        rules is null ? null : MappingDocument.Parse(Encoding.UTF8.GetBytes(rules.ToJsonString()), "The mapping");
}
