using System.Collections.Concurrent;
using FedSite.Configuration;
using FedSite.Federation.Mappings;
using FedSite.Federation.Plans;
using FedSite.OpenStack;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation;

/// <summary>A mapping that is in force, and what the cloud around it is like.</summary>
/// <param name="Provider">Whose logins it maps.</param>
/// <param name="Mapping">As Keystone has it.</param>
/// <param name="Facts">For judging it.</param>
public sealed record SiteMapping(OpenIdProvider Provider, MappingDocument Mapping, LintContext Facts)
{
    private const int SideBySide = 8;

    /// <summary>Reads the mapping that the provider's protocol uses.</summary>
    /// <exception cref="FedSiteException">There is none, or the account may not read it.</exception>
    public static async Task<SiteMapping> ReadAsync(
        SiteConfig site,
        OpenIdProvider provider,
        IReadOnlyDictionary<string, IReadOnlyList<string>> table,
        IdentityApi identity,
        CancellationToken ct
    )
    {
        try
        {
            var mapping = await ReadMappingAsync(provider, identity, ct);
            var domains = await identity.ListDomainsAsync(ct);
            var idp = await identity.Federation.FindIdentityProviderAsync(provider.Idp, ct);
            var facts = new LintContext
            {
                Deployment = site.Federation!.Deployment,
                RemoteIds = idp?.RemoteIds ?? [],
                Groups = await ReadGroupsAsync(mapping, domains, identity, ct),
                VoEntitlements = SiteVo
                    .Of(site, table)
                    .Where(vo => vo.Entitlements.Count > 0)
                    .DistinctBy(vo => vo.Name)
                    .ToDictionary(vo => vo.Name, vo => vo.Entitlements, StringComparer.Ordinal),
            };
            return new SiteMapping(provider, mapping, facts);
        }
        catch (OpenStackException e) when (e.Status == 403)
        {
            throw new FedSiteException(
                e.Message,
                "To read mappings and groups needs reader on the system, or admin: name such an account with --os-cloud.",
                inner: e
            );
        }
    }

    private static async Task<MappingDocument> ReadMappingAsync(
        OpenIdProvider provider,
        IdentityApi identity,
        CancellationToken ct
    )
    {
        var protocol = await identity.Federation.FindProtocolAsync(provider.Idp, provider.Protocol, ct);
        var id = protocol?.MappingId ?? provider.Mapping;
        var stored =
            await identity.Federation.FindMappingAsync(id, ct)
            ?? throw new FedSiteException(
                $"Keystone has no mapping {id}.",
                "`fedsite plan` shows what is missing; or name a file."
            );
        return MappingDocument.Parse(stored.Json, $"The mapping {id} in Keystone");
    }

    private static async Task<IReadOnlyList<KnownGroup>> ReadGroupsAsync(
        MappingDocument mapping,
        IReadOnlyList<Domain> domains,
        IdentityApi identity,
        CancellationToken ct
    )
    {
        var groups = new ConcurrentDictionary<string, Group>(StringComparer.Ordinal);
        var options = new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct };
        await Parallel.ForEachAsync(
            MappingPeople.GroupIds(mapping),
            options,
            async (id, token) =>
            {
                if (await identity.FindGroupAsync(id, token) is { } group)
                    groups[group.Id] = group;
            }
        );
        foreach (var domain in domains.Where(domain => MappingPeople.Domains(mapping).Any(name => Means(domain, name))))
        {
            foreach (var group in await identity.ListGroupsAsync(domain.Id, ct))
                groups[group.Id] = group;
        }

        var known = new ConcurrentBag<KnownGroup>();
        await Parallel.ForEachAsync(
            groups.Values,
            options,
            async (group, token) =>
            {
                var roles = await identity.Grants.ListOfGroupAsync(group.Id, token);
                var domain = domains.FirstOrDefault(domain => domain.Id == group.DomainId)?.Name;
                known.Add(new KnownGroup(group.Id, group.Name, group.DomainId ?? "", domain, roles.Count > 0));
            }
        );
        return [.. known.OrderBy(group => group.Name, StringComparer.Ordinal)];
    }

    private static bool Means(Domain domain, string nameOrId) =>
        domain.Id == nameOrId || string.Equals(domain.Name, nameOrId, StringComparison.OrdinalIgnoreCase);
}
