using System.Text;
using System.Text.Json.Nodes;
using FedSite.Federation.Mappings;
using FedSite.OpenStack;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.Plans;

/// <summary>Puts a mapping back that was replaced.</summary>
public sealed class MappingRestore
{
    /// <summary>Groups of which the name is asked.</summary>
    private const int MaxGroups = 200;

    private readonly IdentityApi _identity;
    private readonly FederationStore _store;
    private readonly StoredMapping? _current;

    private MappingRestore(IdentityApi identity, FederationStore store, KeptMapping kept, StoredMapping? current)
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
        var stored = await FindAsync(identity, mapping, ct);
        // A restore that failed has kept the one in place already.
        var kept =
            store.LastKept(mapping, unless: kept => stored is not null && IsIn(stored, kept))
            ?? store.LastKept(mapping)
            ?? throw new FedSiteException(
                $"No mapping {mapping} was ever replaced from here, so there is none to put back.",
                "The state folder of another host, or of another account, may have it: key `state` of site.yaml."
            );
        return new MappingRestore(identity, store, kept, stored)
        {
            Words = stored is not null && IsIn(stored, kept) ? [] : await DifferencesAsync(identity, stored, kept, ct),
        };
    }

    /// <exception cref="FedSiteException">Keystone refuses it, or it has no effect.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        if (_current is not null)
            _store.Keep(Kept.Mapping, Encoding.UTF8.GetString(_current.Json.Span));
        await _identity.Federation.PutMappingAsync(Kept.Mapping, JsonNode.Parse(Kept.Rules)!, _current, ct);
        var seen = await _identity.Federation.FindMappingAsync(Kept.Mapping, ct);
        if (seen is null || !IsIn(seen, Kept))
            throw ApplyContext.WithoutEffect(Kinds.Mapping, Kept.Mapping, "its rules are others");
    }

    private static async Task<StoredMapping?> FindAsync(IdentityApi identity, string mapping, CancellationToken ct)
    {
        try
        {
            return await identity.Federation.FindMappingAsync(mapping, ct);
        }
        catch (OpenStackException e) when (e.Status == 403)
        {
            throw FederationPlans.NeedsAdmin(e);
        }
    }

    private static async Task<IReadOnlyList<string>> DifferencesAsync(
        IdentityApi identity,
        StoredMapping? current,
        KeptMapping kept,
        CancellationToken ct
    )
    {
        try
        {
            var old = current is null ? null : CloudReader.Readable(current);
            var @new = MappingDocument.Parse(Encoding.UTF8.GetBytes(kept.Rules), "The mapping");
            var ids = MappingPeople
                .Of(old, GroupBook.Empty)
                .Concat(MappingPeople.Of(@new, GroupBook.Empty))
                .Select(people => people.Group!)
                .Distinct(StringComparer.Ordinal);
            var groups = new List<Group>();
            var looked = MappingPeople.GroupIds(@new).Union(ids, StringComparer.Ordinal).Take(MaxGroups).ToList();
            foreach (var id in looked)
            {
                if (await identity.FindGroupAsync(id, ct) is { } group)
                    groups.Add(group);
            }

            var gone = MappingPeople
                .GroupIds(@new)
                .Where(id => looked.Contains(id) && !groups.Exists(group => group.Id == id));
            var idps = await identity.Federation.ListIdentityProvidersAsync(ct);
            return
            [
                .. MappingWords.Difference(old, @new, new GroupBook(groups, _ => null, [])),
                .. Deaf(@new, idps),
                .. gone.Select(id => $"! there is no group {id} any more: Keystone refuses all who should join it"),
            ];
        }
        catch (FedSiteException e)
        {
            return [$"~ its rules change; they can't be told in words: {e.Message}"];
        }
    }

    /// <summary>A mapping from before the site moved to another provider.</summary>
    private static IEnumerable<string> Deaf(MappingDocument mapping, IReadOnlyList<IdentityProvider> idps)
    {
        var asked = mapping.Rules.Select(MappingPeople.IssuerOf).ToList();
        if (asked.Exists(issuer => issuer is null or { Regex: true }) || idps.Any(idp => idp.RemoteIds.Count == 0))
            return [];
        var issuers = asked.SelectMany(issuer => issuer!.Texts).Distinct(StringComparer.Ordinal);
        return issuers
            .Except(idps.SelectMany(idp => idp.RemoteIds), StringComparer.Ordinal)
            .Select(issuer =>
                $"! no identity provider has the remote id {issuer} any more: its tokens are refused all the same"
            );
    }

    private static bool IsIn(StoredMapping stored, KeptMapping kept) =>
        JsonNode.DeepEquals(JsonNode.Parse(stored.Json.Span), JsonNode.Parse(kept.Rules));
}
