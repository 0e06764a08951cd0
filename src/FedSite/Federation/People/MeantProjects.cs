using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.People;

/// <summary>Which projects of the cloud <c>site.yaml</c> means.</summary>
internal sealed class MeantProjects
{
    private readonly IReadOnlyList<Domain> _domains;

    private MeantProjects(IReadOnlyList<Project> all, IReadOnlyList<Domain> domains)
    {
        All = all;
        _domains = domains;
    }

    /// <summary>All projects of the cloud.</summary>
    public IReadOnlyList<Project> All { get; }

    /// <summary>Two requests.</summary>
    /// <exception cref="OpenStackException">Keystone does not tell.</exception>
    public static async Task<MeantProjects> ReadAsync(IdentityApi identity, Unread unread, CancellationToken ct)
    {
        var odd = new List<string>();
        var listed = await identity.ListProjectsAsync(null, null, null, odd, ct);
        odd.ForEach(unread.Add);
        return new MeantProjects([.. listed.DistinctBy(project => project.Id)], await identity.ListDomainsAsync(ct));
    }

    /// <summary>The one that a VO's entry means; null, and told with what to do, when there is none or more than one.</summary>
    public Project? Find(string vo, ProjectRef reference, Unread unread)
    {
        var found = All.Where(project => IsMeant(reference, project)).ToList();
        if (found.Count == 1)
            return found[0];
        unread.Add($"VO {vo}: {(found.Count == 0 ? None(reference) : Several(reference, found))}");
        return null;
    }

    private string None(ProjectRef reference) =>
        reference switch
        {
            { Id: { } id } => $"no project has the id {id}: correct it in site.yaml, or take it out",
            { Domain: { } domain } when DomainOf(domain) is null =>
                $"no project {reference}, for Keystone has no domain {domain}: correct it in site.yaml",
            { IsManaged: true } => $"no project {reference}: `fedsite apply` makes it",
            _ =>
                $"no project {reference}: correct it in site.yaml, or write {{name: …, domain: …}} and `fedsite apply` makes it",
        };

    private string Several(ProjectRef reference, List<Project> found)
    {
        var choice = found
            .Select(project => $"{project.Id} (domain {NameOf(project.DomainId)})")
            .Order(StringComparer.Ordinal);
        return $"{found.Count} projects are named {reference}: write one of their ids in site.yaml, {string.Join(" or ", choice)}";
    }

    private bool IsMeant(ProjectRef reference, Project project)
    {
        if (reference.Id is { } id)
            return project.Id == id;
        var isNamed = string.Equals(project.Name, reference.Name, StringComparison.OrdinalIgnoreCase);
        return reference.Domain is { } domain
            ? isNamed && (project.DomainId == domain || project.DomainId == DomainOf(domain)?.Id)
            : isNamed || project.Id == reference.Name;
    }

    private Domain? DomainOf(string nameOrId) =>
        _domains.FirstOrDefault(domain => domain.Id == nameOrId)
        ?? _domains.FirstOrDefault(domain => string.Equals(domain.Name, nameOrId, StringComparison.OrdinalIgnoreCase));

    private string? NameOf(string? domain) => _domains.FirstOrDefault(known => known.Id == domain)?.Name ?? domain;
}
