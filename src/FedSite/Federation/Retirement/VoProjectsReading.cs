using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.Federation.Plans;
using FedSite.OpenStack;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.Retirement;

/// <summary>A project of a VO that leaves.</summary>
/// <param name="Project">As Keystone has it.</param>
/// <param name="Reference">As the file has it.</param>
/// <param name="Stays">Another VO that has it and does not leave, or is not as far; null: none.</param>
internal sealed record LeavingProject(Project Project, string Reference, string? Stays)
{
    public string Id => Project.Id;

    public string Name => Project.Name;
}

/// <summary>Finds the projects of a VO, and whose else they are.</summary>
/// <param name="site">The file.</param>
/// <param name="cloud">An administrator's.</param>
/// <param name="known">Ids of projects that may be called otherwise now.</param>
internal sealed class VoProjectsReading(SiteConfig site, OpenStackCloud cloud, FederationStore known)
{
    /// <param name="vo">Of the file.</param>
    /// <param name="leaves">Whether another VO is out of the way, too.</param>
    /// <param name="problems">Takes projects that are not to be found, or not to be touched.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<IReadOnlyList<LeavingProject>> ReadAsync(
        VoConfig vo,
        Func<string, bool> leaves,
        ICollection<PlanProblem> problems,
        CancellationToken ct
    )
    {
        var domains = await cloud.Identity.ListDomainsAsync(ct);
        var own = (await cloud.Identity.GetTokenInfoAsync(TokenScope.Configured, ct)).ProjectId;
        var found = new List<LeavingProject>();
        foreach (var reference in vo.Projects)
        {
            if (await FindAsync(vo, reference, domains, problems, ct) is not { } project)
                continue;
            if (project.Id == own)
                problems.Add(
                    new PlanProblem(
                        $"The project {project.Name} of the VO {vo.Name} is the one that this account works in.",
                        "It can't be retired by its own administrator: use an account of another project, or take it from the VO."
                    )
                );
            else if (!found.Exists(one => one.Id == project.Id))
                found.Add(new LeavingProject(project, reference.ToString(), StayingVo(vo, project, domains, leaves)));
        }

        return found;
    }

    private async Task<Project?> FindAsync(
        VoConfig vo,
        ProjectRef reference,
        IReadOnlyList<Domain> domains,
        ICollection<PlanProblem> problems,
        CancellationToken ct
    )
    {
        var named = await NamedAsync(reference, domains, ct);
        if (named.Count == 1)
            return named[0];
        problems.Add(
            named.Count == 0
                ? new PlanProblem(
                    $"There is no project {reference}, which the VO {vo.Name} has.",
                    "Take it out of site.yaml if it is gone, or correct its name."
                )
                : new PlanProblem(
                    $"There are {named.Count} projects called {reference}, in different domains.",
                    $"Write the domain of the VO {vo.Name}'s project."
                )
        );
        return null;
    }

    private async Task<IReadOnlyList<Project>> NamedAsync(
        ProjectRef reference,
        IReadOnlyList<Domain> domains,
        CancellationToken ct
    )
    {
        if (reference.Id is { } id)
            return await cloud.Identity.FindProjectAsync(id, ct) is { } one ? [one] : [];
        var domain = domains.FirstOrDefault(domain => Means(reference, domain))?.Id;
        if (reference.Domain is not null && domain is null)
            return [];
        var named = await cloud.Identity.ListProjectsAsync(tag: null, reference.Name, domain, odd: null, ct);
        if (named.Count > 0)
            return named;
        var remembered = known
            .ReadObjects()
            .FirstOrDefault(thing => thing.Kind == Kinds.Project && thing.Name == reference.ToString());
        // A bare name may be an id.
        var other = remembered?.Id ?? (reference.Domain is null ? reference.Name : null);
        return other is not null && await cloud.Identity.FindProjectAsync(other, ct) is { } found ? [found] : [];
    }

    /// <summary>By the file, in whatever part of it, or by the project's own property.</summary>
    private string? StayingVo(VoConfig vo, Project project, IReadOnlyList<Domain> domains, Func<string, bool> leaves)
    {
        bool IsMeant(ProjectRef reference) =>
            reference.Id == project.Id
            || (reference is { Name: { } id, Domain: null } && id == project.Id)
            || (
                string.Equals(reference.Name, project.Name, StringComparison.OrdinalIgnoreCase)
                && (
                    reference.Domain is null
                    || domains.Any(domain => domain.Id == project.DomainId && Means(reference, domain))
                )
            );

        return site
            .Vos.Select(other => (other.Name, other.Projects))
            .Concat(site.Information.Vos.Select(other => (other.Name, other.Projects)))
            .Concat(site.Images.Vos.Select(other => (other.Name, other.Projects)))
            .Where(other => other.Projects.Any(IsMeant))
            .Select(other => other.Name)
            .Concat(VoOfProject.FindAll(project, site.Accounting.VoProperty)?.Vos ?? [])
            .FirstOrDefault(other => other != vo.Name && !leaves(other));
    }

    private static bool Means(ProjectRef reference, Domain domain) =>
        domain.Id == reference.Domain
        || string.Equals(domain.Name, reference.Domain, StringComparison.OrdinalIgnoreCase);
}
