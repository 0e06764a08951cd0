using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.Catchall;

/// <summary>Ids of projects that <c>site.yaml</c> names: among those of the account, else among all that it may list.</summary>
internal sealed class CatchallProjects(IdentityApi identity)
{
    private readonly List<string> _warnings = [];

    /// <summary>Why a project is missing, or of no use: sentences.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>By <c>ProjectRef.ToString()</c>; what is not found, or more than once, is missing.</summary>
    /// <exception cref="OpenStackException">Keystone can't be asked at all.</exception>
    public async Task<IReadOnlyDictionary<string, string>> FindAsync(
        IReadOnlyList<ProjectRef> projects,
        CancellationToken ct
    )
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (projects.Count == 0)
            return found;
        var mine = await identity.ListMyProjectsAsync(ct);
        foreach (var project in projects)
        {
            if (await FindAsync(project, mine, ct) is { } id)
                found[project.ToString()] = id;
        }

        return found;
    }

    private async Task<string?> FindAsync(ProjectRef project, IReadOnlyList<Project> mine, CancellationToken ct)
    {
        // A short form that is none of the usual ids may still be one.
        if (project.Domain is null && mine.FirstOrDefault(one => one.Id == project.Name) is { } byId)
            return byId.Id;
        var domain = project.Domain is null ? null : await DomainIdAsync(project.Domain, ct);
        if (project.Domain is not null && domain is null)
            return null;
        var named = mine.Where(one => one.Name == project.Name && (domain is null || one.DomainId == domain))
            .UnionBy(await ListAsync(project.Name!, domain, ct), one => one.Id)
            .ToList();
        if (named.Count > 1)
        {
            var ids = string.Join(", ", named.Select(one => one.Id).Order(StringComparer.Ordinal));
            _warnings.Add($"there are {named.Count} projects named {project}: write name@domain, or the id ({ids})");
        }

        if (named is not [var only])
            return null;
        if (!only.Enabled)
            _warnings.Add($"the project {project} is disabled: enable it, or take it out of site.yaml");
        return only.Id;
    }

    private async Task<IReadOnlyList<Project>> ListAsync(string name, string? domain, CancellationToken ct)
    {
        try
        {
            return await identity.ListProjectsAsync(tag: null, name, domain, odd: null, ct);
        }
        catch (OpenStackException e) when (e.Status is 401 or 403)
        {
            return [];
        }
    }

    private async Task<string?> DomainIdAsync(string domain, CancellationToken ct)
    {
        try
        {
            return (await identity.FindDomainAsync(domain, ct))?.Id;
        }
        catch (OpenStackException e) when (e.Status is 401 or 403)
        {
            return domain.Equals("Default", StringComparison.OrdinalIgnoreCase) ? "default" : null;
        }
    }
}
