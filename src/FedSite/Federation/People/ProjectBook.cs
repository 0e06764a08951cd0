using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.Federation.Plans;
using FedSite.OpenStack;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.People;

/// <summary>A project of one or more VOs.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name, which other domains may have too.</param>
/// <param name="Vos">Those of site.yaml in its order; where that names none, those that a property of the project names.</param>
public sealed record VoProject(string Id, string Name, IReadOnlyList<string> Vos);

/// <summary>All projects of a cloud, and whose they are.</summary>
internal sealed class ProjectBook
{
    private readonly Dictionary<string, string> _names;
    private readonly Dictionary<string, VoProject> _projects = new(StringComparer.Ordinal);
    private readonly HashSet<string> _vos;

    private ProjectBook(SiteConfig site, IReadOnlyList<Project> projects)
    {
        _names = projects.ToDictionary(project => project.Id, project => project.Name, StringComparer.Ordinal);
        _vos = site.Vos.Select(vo => vo.Name).ToHashSet(StringComparer.Ordinal);
    }

    /// <exception cref="FedSiteException">Keystone does not tell the projects.</exception>
    public static async Task<ProjectBook> ReadAsync(
        SiteConfig site,
        IdentityApi identity,
        Unread unread,
        CancellationToken ct
    )
    {
        try
        {
            var odd = new List<string>();
            var listed = await identity.ListProjectsAsync(null, null, null, odd, ct);
            odd.ForEach(unread.Add);
            List<Project> projects = [.. listed.DistinctBy(project => project.Id)];
            var needsDomains = site.Vos.SelectMany(vo => vo.Projects).Any(project => project.Domain is not null);
            var domains = needsDomains ? await identity.ListDomainsAsync(ct) : [];
            var book = new ProjectBook(site, projects);
            book.AddAll(site, projects, domains, unread);
            return book;
        }
        catch (OpenStackException e) when (e.Status == 403)
        {
            throw FederationPlans.NeedsAdmin(e);
        }
    }

    /// <summary>The projects of a VO by id; null: those of all VOs.</summary>
    /// <exception cref="FedSiteException">Nobody knows that VO.</exception>
    public IReadOnlyDictionary<string, VoProject> Of(string? vo)
    {
        if (vo is not null && !_vos.Contains(vo))
        {
            throw new FedSiteException(
                $"Neither site.yaml nor a property of a project names a VO {vo}.",
                NearestWord.Of(vo, _vos) is { } nearest
                    ? $"Did you mean {nearest}?"
                    : "`fedsite vo list` shows those of site.yaml.",
                ExitCode.Usage
            );
        }

        return _projects
            .Where(project => vo is null || project.Value.Vos.Contains(vo))
            .ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>Name of whatever project; the id of one that Keystone does not know.</summary>
    public string NameOf(string id) => _names.GetValueOrDefault(id, id);

    private void AddAll(SiteConfig site, IReadOnlyList<Project> projects, IReadOnlyList<Domain> domains, Unread unread)
    {
        var byFile = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var (vo, reference) in site.Vos.SelectMany(vo => vo.Projects.Select(project => (vo.Name, project))))
        {
            var found = projects.Where(project => IsMeant(reference, project, domains)).ToList();
            if (found.Count != 1)
                unread.Add(
                    $"VO {vo}: {(found.Count == 0 ? "no project" : "write name@domain or the id, for there is more than one project")} {reference}"
                );
            foreach (var project in found.Take(found.Count == 1 ? 1 : 0))
            {
                byFile.TryAdd(project.Id, []);
                byFile[project.Id].Add(vo);
            }
        }

        foreach (var project in projects)
        {
            var vos = byFile.GetValueOrDefault(project.Id) ?? ByProperty(site, project);
            if (vos.Count == 0)
                continue;
            _projects[project.Id] = new VoProject(project.Id, project.Name, [.. vos.Distinct()]);
            _vos.UnionWith(vos);
        }
    }

    /// <summary>The VO that its usage counts for comes first.</summary>
    private static List<string> ByProperty(SiteConfig site, Project project)
    {
        if (VoOfProject.Find(project, site.Accounting.VoProperty, site.Vos) is not { } first)
            return [];
        var all = VoOfProject.FindAll(project, site.Accounting.VoProperty)!.Value.Vos;
        return [first.Vo, .. all.Where(vo => vo != first.Vo)];
    }

    private static bool IsMeant(ProjectRef reference, Project project, IReadOnlyList<Domain> domains)
    {
        if (reference.Id is { } id)
            return project.Id == id;
        if (reference.Domain is not { } domain)
            return project.Name == reference.Name || project.Id == reference.Name;
        return project.Name == reference.Name
            && (
                project.DomainId == domain
                || domains.Any(known =>
                    known.Id == project.DomainId
                    && string.Equals(known.Name, domain, StringComparison.OrdinalIgnoreCase)
                )
            );
    }
}
