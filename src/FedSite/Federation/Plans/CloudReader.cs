using System.Collections.Concurrent;
using FedSite.Configuration;
using FedSite.Federation.Mappings;
using FedSite.Federation.Plans.Flavors;
using FedSite.Federation.Plans.Networks;
using FedSite.Federation.Plans.Quotas;
using FedSite.OpenStack;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.Plans;

/// <summary>Reads what a plan needs from the cloud, side by side.</summary>
internal sealed class CloudReader(PlanRequest request, OpenStackCloud cloud)
{
    private readonly IdentityApi _identity = cloud.Identity;

    private const int SideBySide = 8;

    public async Task<CloudView> ReadAsync(CancellationToken ct)
    {
        // Alone: a Keystone that has just started loads its policy with the first request, and refuses others meanwhile.
        var domains = await _identity.ListDomainsAsync(ct);
        var providers = _identity.Federation.ListIdentityProvidersAsync(ct);
        var roles = _identity.Grants.ListRolesAsync(ct);
        var protocols = ReadProtocolsAsync(ct);
        var mappings = ReadMappingsAsync(protocols, ct);
        await Task.WhenAll(providers, roles, mappings, protocols);

        var basis = new CloudView
        {
            Domains = domains,
            IdentityProviders = await providers,
            Mappings = await mappings,
            Protocols = await protocols,
            Roles = await roles,
            Groups = [],
            Projects = new Dictionary<string, IReadOnlyList<Project>>(),
            AccountingUser = null,
            Grants = new HashSet<Grant>(),
        };
        // One after the other: each has as many requests under way as the cloud is to bear.
        var view = basis with
        {
            Groups = await ReadGroupsAsync(basis, ct),
            Projects = await ReadProjectsAsync(basis, ct),
            AccountingUser = await ReadAccountingUserAsync(basis, ct),
        };
        view = view with { Grants = await ReadGrantsAsync(view, ct) };
        var terms = new TermReading();
        if (request.Scope.HasTerms)
        {
            view = view with { Quotas = await QuotaReading.ReadAsync(request, view, cloud, terms, ct) };
            view = view with { Networks = await NetworkReading.ReadAsync(request, view, cloud, terms, ct) };
        }

        if (request.Scope.HasFlavors)
            view = view with { Flavors = await FlavorReading.ReadAsync(request, cloud, terms, ct) };
        return view with { Unread = terms.Unread };
    }

    /// <summary>Where the group is, or will be: its domain by name, or the one that becomes the federation's.</summary>
    public static Domain? DomainOfGroup(PlanRequest request, CloudView view, GroupName group) =>
        string.Equals(group.Domain, request.Federation.Domain, StringComparison.OrdinalIgnoreCase)
            ? FederatedDomain(request, view)
            : view.DomainOf(group.Domain);

    /// <summary>The domain of federated users; it may still have the random name that Keystone gave it.</summary>
    public static Domain? FederatedDomain(PlanRequest request, CloudView view)
    {
        if (view.DomainNamed(request.Federation.Domain) is { } named)
            return named;
        var idps = request.Providers.Select(provider => provider.Idp).ToHashSet(StringComparer.Ordinal);
        var ids = view.IdentityProviders.Where(idp => idps.Contains(idp.Id)).Select(idp => idp.DomainId);
        return view.Domains.FirstOrDefault(domain => ids.Contains(domain.Id) && IsAutomatic(domain));
    }

    /// <summary>
    /// Made by Keystone along with an identity provider.
    /// https://opendev.org/openstack/keystone/src/branch/master/keystone/federation/core.py
    /// </summary>
    public static bool IsAutomatic(Domain domain) =>
        domain.Description?.StartsWith("Auto generated federated domain", StringComparison.Ordinal) ?? false;

    private async Task<IReadOnlyDictionary<string, StoredMapping>> ReadMappingsAsync(
        Task<IReadOnlyDictionary<(string, string), FederationProtocol>> protocols,
        CancellationToken ct
    )
    {
        // Also those that people log in by today, if these are others.
        var used = (await protocols).Values.Select(protocol => protocol.MappingId).OfType<string>();
        var ids = request.Providers.Select(provider => provider.Mapping).Union(used, StringComparer.Ordinal);
        var found = await Task.WhenAll(ids.Select(id => _identity.Federation.FindMappingAsync(id, ct)).ToList());
        return found.OfType<StoredMapping>().ToDictionary(mapping => mapping.Id, StringComparer.Ordinal);
    }

    private async Task<IReadOnlyDictionary<(string, string), FederationProtocol>> ReadProtocolsAsync(
        CancellationToken ct
    )
    {
        var found = await Task.WhenAll(
            request
                .Providers.Select(async provider =>
                    (
                        Key: (provider.Idp, provider.Protocol),
                        Value: await _identity.Federation.FindProtocolAsync(provider.Idp, provider.Protocol, ct)
                    )
                )
                .ToList()
        );
        return found.Where(entry => entry.Value is not null).ToDictionary(entry => entry.Key, entry => entry.Value!);
    }

    private async Task<IReadOnlyList<Group>> ReadGroupsAsync(CloudView view, CancellationToken ct)
    {
        var mappings = view.Mappings.Values.Select(Readable).OfType<MappingDocument>().ToList();
        var domains = request
            .Managed.Select(vo => vo.Group)
            .Append(request.Auditors)
            .Select(group => DomainOfGroup(request, view, group)?.Id)
            .Concat(mappings.SelectMany(MappingPeople.Domains).Select(name => view.DomainOf(name)?.Id))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal);
        var found = await Task.WhenAll(domains.Select(id => _identity.ListGroupsAsync(id, ct)).ToList());
        var groups = new ConcurrentDictionary<string, Group>(
            found.SelectMany(one => one).DistinctBy(group => group.Id).ToDictionary(group => group.Id),
            StringComparer.Ordinal
        );
        await EachAsync(
            mappings.SelectMany(MappingPeople.GroupIds).Distinct().Where(id => !groups.ContainsKey(id)).ToList(),
            async (id, token) =>
            {
                if (await _identity.FindGroupAsync(id, token) is { } group)
                    groups[id] = group;
            },
            ct
        );
        return [.. groups.Values.OrderBy(group => group.Name, StringComparer.Ordinal)];
    }

    private async Task<IReadOnlyDictionary<string, IReadOnlyList<Project>>> ReadProjectsAsync(
        CloudView view,
        CancellationToken ct
    )
    {
        var projects = new ConcurrentDictionary<string, IReadOnlyList<Project>>(StringComparer.Ordinal);
        var wanted = request.WithProjects.SelectMany(vo => vo.Projects).DistinctBy(project => project.ToString());
        await EachAsync(
            wanted,
            async (project, token) => projects[project.ToString()] = await ReadProjectAsync(view, project, token),
            ct
        );
        return projects;
    }

    private async Task<IReadOnlyList<Project>> ReadProjectAsync(
        CloudView view,
        ProjectRef project,
        CancellationToken ct
    )
    {
        if (project.Id is { } id)
            return await _identity.FindProjectAsync(id, ct) is { } found ? [found] : [];
        var domain = project.Domain is { } name ? view.DomainOf(name)?.Id : null;
        if (project.Domain is not null && domain is null)
            return [];
        var named = await _identity.ListProjectsAsync(tag: null, project.Name, domain, odd: null, ct);
        if (named.Count > 0 || request.KnownAs(Kinds.Project, project.ToString()) is not { } known)
            return named;
        return await _identity.FindProjectAsync(known.Id, ct) is { } renamed ? [renamed] : [];
    }

    private async Task<User?> ReadAccountingUserAsync(CloudView view, CancellationToken ct)
    {
        if (
            !request.Scope.HasVos
            || request.Federation.AccountingUser is not { } user
            || view.DomainOf(user.Domain) is not { } domain
        )
            return null;
        var found = await _identity.ListUsersAsync(user.Name, domain.Id, ct);
        return found.Count > 0 ? found[0] : null;
    }

    private async Task<IReadOnlySet<Grant>> ReadGrantsAsync(CloudView view, CancellationToken ct)
    {
        var names = request.Planned.Select(vo => vo.Group);
        var wanted = (request.HasAuditors && request.Scope.HasFederation ? names.Append(request.Auditors) : names)
            .Select(name => FindGroup(request, view, name)?.Id)
            .OfType<string>()
            .Union(request.Known.Where(thing => thing.Kind == Kinds.Group).Select(thing => thing.Id))
            .Where(id => view.Groups.Any(group => group.Id == id))
            .ToHashSet(StringComparer.Ordinal);
        var grants = new ConcurrentBag<Grant>();
        await EachAsync(
            wanted,
            async (id, token) => Add(grants, await _identity.Grants.ListOfGroupAsync(id, token)),
            ct
        );
        if (view.AccountingUser is { } user)
            Add(grants, await _identity.Grants.ListOfUserAsync(user.Id, ct));
        return grants.ToHashSet();
    }

    /// <summary>The group by its name, or by the id that it had when it was made or adopted.</summary>
    public static Group? FindGroup(PlanRequest request, CloudView view, GroupName name)
    {
        var domain = DomainOfGroup(request, view, name)?.Id;
        var known = request.KnownAs(Kinds.Group, name.ToString())?.Id;
        return view.Groups.FirstOrDefault(group =>
                group.DomainId == domain && string.Equals(group.Name, name.Name, StringComparison.OrdinalIgnoreCase)
            ) ?? view.Groups.FirstOrDefault(group => group.Id == known && !IsNamed(request, view, group));
    }

    /// <summary>The file calls it by the name that it has.</summary>
    private static bool IsNamed(PlanRequest request, CloudView view, Group group) =>
        request
            .Managed.Select(vo => vo.Group)
            .Any(name =>
                string.Equals(group.Name, name.Name, StringComparison.OrdinalIgnoreCase)
                && group.DomainId == DomainOfGroup(request, view, name)?.Id
            );

    internal static void Add(ConcurrentBag<Grant> grants, IEnumerable<RoleAssignment> assignments)
    {
        foreach (var assignment in assignments.Where(assignment => assignment.Scope.InheritedTo is null))
        {
            var holder = assignment.Group ?? assignment.User;
            var place = assignment.Scope.Project ?? assignment.Scope.Domain;
            if (holder is null || place is null)
                continue;
            grants.Add(
                new Grant(
                    assignment.Scope.Project is null ? GrantPlace.Domain : GrantPlace.Project,
                    place.Id,
                    assignment.Group is null ? GrantHolder.User : GrantHolder.Group,
                    holder.Id,
                    assignment.Role.Id
                )
            );
        }
    }

    /// <summary>Null: it is none that FedSite understands.</summary>
    public static MappingDocument? Readable(StoredMapping stored)
    {
        try
        {
            return MappingDocument.Parse(stored.Json, stored.Id);
        }
        catch (FedSiteException)
        {
            return null;
        }
    }

    private static Task EachAsync<T>(
        IEnumerable<T> items,
        Func<T, CancellationToken, Task> work,
        CancellationToken ct
    ) =>
        Parallel.ForEachAsync(
            items,
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct },
            async (item, token) => await work(item, token)
        );
}

/// <summary>Kinds of objects, as plans and the state database call them.</summary>
internal static class Kinds
{
    public const string Domain = "domain";
    public const string IdentityProvider = "identity provider";
    public const string Mapping = "mapping";
    public const string Protocol = "protocol";
    public const string Group = "group";
    public const string Project = "project";
    public const string Role = "role";
    public const string Quota = "quota";
    public const string Flavor = "flavor";
    public const string FlavorAccess = "flavor access";

    /// <summary>Of a VO; the state database alone knows it.</summary>
    public const string Retirement = "retirement";
}
