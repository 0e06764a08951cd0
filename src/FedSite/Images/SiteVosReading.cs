using FedSite.Configuration;
using FedSite.Images.Plans;
using FedSite.Information;
using FedSite.OpenStack;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Images;

/// <summary>The VOs' projects, and the accounts that speak for them. Found as for the site's information: both name the same.</summary>
/// <param name="config">The site.</param>
/// <param name="accounts">Connections; the site's is the images' own.</param>
/// <param name="log">What people should know.</param>
internal sealed class SiteVosReading(SiteConfig config, InformationAccounts accounts, ILogger log)
{
    /// <summary>Names of VOs that leave the site: they have no projects here.</summary>
    public IReadOnlySet<string> Withdrawn { get; init; } = new HashSet<string>();

    private readonly SiteConfig _merged = Merge(config);
    private readonly Dictionary<string, ProjectSource> _accountOf = new(StringComparer.Ordinal);

    /// <summary>Never throws because of the cloud: what is not known is stated.</summary>
    public async Task<SiteVos> ReadAsync(CancellationToken ct)
    {
        // Silent: what it does not find may still be looked up.
        var finder = new VoProjects(_merged, accounts, known: [], NullLogger.Instance);
        var found = await finder.FindAsync(ct, ct);
        var projects = new List<VoProject>();
        var unknown = finder
            .Homeless.Select(failure => failure.Vo)
            .Where(vo => !Withdrawn.Contains(vo))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var (vo, source) in found.Where(share => !Withdrawn.Contains(share.Vo.Name)))
        {
            if (await ProjectOfAsync(source, ct) is not { } id)
            {
                unknown.Add(vo.Name);
                continue;
            }

            projects.Add(new VoProject(vo.Name, id));
            // An account of the VO's own may do more in its project than the site's.
            if (!_accountOf.ContainsKey(id) || vo.OpenStack is not null)
                _accountOf[id] = source;
        }

        // Of several projects that the file names, one may not be seen.
        unknown.UnionWith(
            projects
                .Distinct()
                .CountBy(project => project.Vo)
                .Where(vo => vo.Value < NamedProjects(vo.Key).Distinct().Count())
                .Select(vo => vo.Key)
        );
        foreach (var vo in unknown.ToList())
        {
            var ids = await LookUpAsync(vo, ct);
            projects.AddRange(ids.Select(id => new VoProject(vo, id)));
            if (ids.Count > 0)
                unknown.Remove(vo);
        }

        if (unknown.Count > 0)
            _ = await new VoProjects(_merged, accounts, known: [], log).FindAsync(ct, ct);
        foreach (var (vo, project) in finder.Closed.Where(share => !Withdrawn.Contains(share.Vo.Name)))
        {
            if (project.Id is { } id)
                projects.Add(new VoProject(vo.Name, id));
            else
                unknown.Add(vo.Name);
        }

        return new SiteVos(
            [.. projects.Distinct()],
            [.. unknown.Order(StringComparer.Ordinal)],
            finder.Failure is null && unknown.Count == 0
        )
        {
            Withdrawn = Withdrawn,
        };
    }

    /// <summary>Who can accept an image for a project; null: nobody whose credentials are known.</summary>
    public ProjectSource? AccountOf(string projectId) => _accountOf.GetValueOrDefault(projectId);

    /// <summary>Projects that <see cref="AccountOf"/> knows.</summary>
    public IReadOnlyCollection<string> Accounts => _accountOf.Keys;

    private async Task<string?> ProjectOfAsync(ProjectSource source, CancellationToken ct)
    {
        if (source.Facts.Id is { } id)
            return id;
        try
        {
            return (await source.Account.Identity.GetTokenInfoAsync(source.Scope, ct)).ProjectId;
        }
        catch (OpenStackException e)
        {
            SiteVosLog.NoProject(log, e.Message);
            return null;
        }
    }

    /// <summary>
    /// Projects that the file names and the account has no role in: an administrator may look them up, and share with them.
    /// </summary>
    /// <returns>None when one of them is not found: then the VO is not known.</returns>
    private async Task<IReadOnlyList<string>> LookUpAsync(string vo, CancellationToken ct)
    {
        var ids = new List<string>();
        foreach (var project in NamedProjects(vo))
        {
            if (project.Id is { } known)
            {
                ids.Add(known);
                continue;
            }

            try
            {
                var domain = project.Domain is { } name
                    ? await accounts.Shared.Identity.FindDomainAsync(name, ct)
                    : null;
                var found = await accounts.Shared.Identity.ListProjectsAsync(null, project.Name, domain?.Id, [], ct);
                if (found is not [var only] || (project.Domain is not null && domain is null))
                    return [];
                ids.Add(only.Id);
            }
            catch (OpenStackException)
            {
                // No right to look: said already, as a project that can't be seen.
                return [];
            }
        }

        return ids;
    }

    private IReadOnlyList<ProjectRef> NamedProjects(string vo) =>
        _merged.Information.Vos.FirstOrDefault(one => one.Name == vo) is { Projects: { Count: > 0 } own }
            ? own
            : _merged.Vos.FirstOrDefault(one => one.Name == vo)?.Projects ?? [];

    /// <summary>What stands under <c>images.vos</c> goes before what stands under <c>information.vos</c>.</summary>
    private static SiteConfig Merge(SiteConfig config)
    {
        var vos = config.Information.Vos.ToDictionary(vo => vo.Name, StringComparer.Ordinal);
        foreach (var own in config.Images.Vos)
        {
            var vo = vos.GetValueOrDefault(own.Name) ?? new InformationVoConfig { Name = own.Name };
            vos[own.Name] = vo with
            {
                Projects = own.Projects.Count > 0 ? own.Projects : vo.Projects,
                OpenStack = own.OpenStack ?? vo.OpenStack,
            };
        }

        return config with
        {
            Information = config.Information with { Vos = [.. vos.Values] },
        };
    }
}

internal static partial class SiteVosLog
{
    [LoggerMessage(LogLevel.Warning, "The project of an account is not known: {Error}")]
    public static partial void NoProject(ILogger log, string error);
}
