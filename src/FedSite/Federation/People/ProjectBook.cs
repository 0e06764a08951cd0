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
    private readonly ILookup<string, string> _ofDomain;
    private readonly ILookup<string, string> _below;
    private readonly Dictionary<string, VoProject> _projects = new(StringComparer.Ordinal);
    private readonly HashSet<string> _vos;

    private ProjectBook(SiteConfig site, IReadOnlyList<Project> projects)
    {
        _names = projects.ToDictionary(project => project.Id, project => project.Name, StringComparer.Ordinal);
        _ofDomain = projects.ToLookup(project => project.DomainId ?? "", project => project.Id, StringComparer.Ordinal);
        _below = projects.ToLookup(project => project.ParentId ?? "", project => project.Id, StringComparer.Ordinal);
        _vos = site.Vos.Select(vo => vo.Name).ToHashSet(StringComparer.Ordinal);
    }

    /// <param name="site">The site.</param>
    /// <param name="identity">Keystone.</param>
    /// <param name="only">The VO that it is about: faults of others do not matter; null: all.</param>
    /// <param name="unread">Takes entries of the file that mean no project.</param>
    /// <param name="ct">Ends the work.</param>
    /// <exception cref="FedSiteException">Keystone does not tell the projects.</exception>
    public static async Task<ProjectBook> ReadAsync(
        SiteConfig site,
        IdentityApi identity,
        string? only,
        Unread unread,
        CancellationToken ct
    )
    {
        try
        {
            var meant = await MeantProjects.ReadAsync(identity, unread, ct);
            var book = new ProjectBook(site, meant.All);
            book.AddAll(site, meant, only, unread);
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

    /// <summary>Ids of the projects that a role with this scope counts in.</summary>
    public IEnumerable<string> In(AssignmentScope scope) =>
        (scope.Project?.Id, scope.Domain?.Id, scope.InheritedTo) switch
        {
            ({ } project, _, null) => [project],
            ({ } project, _, _) => Below(project),
            (null, { } domain, not null) => _ofDomain[domain],
            _ => [],
        };

    private HashSet<string> Below(string project)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([project]);
        while (open.TryPop(out var parent))
        {
            foreach (var child in _below[parent].Where(found.Add))
                open.Push(child);
        }

        return found;
    }

    private void AddAll(SiteConfig site, MeantProjects meant, string? only, Unread unread)
    {
        var byFile = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var (vo, reference) in site.Vos.SelectMany(vo => vo.Projects.Select(project => (vo.Name, project))))
        {
            if (meant.Find(vo, reference, only is null || vo == only ? unread : new Unread()) is not { } project)
                continue;
            byFile.TryAdd(project.Id, []);
            byFile[project.Id].Add(vo);
        }

        foreach (var project in meant.All)
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
}
