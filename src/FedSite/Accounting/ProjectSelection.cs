using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.OpenStack.Identity;
using Microsoft.Extensions.Logging;

namespace FedSite.Accounting;

/// <summary>Decides which projects are accounted, for which VO, and says why, or why not.</summary>
public sealed partial class ProjectSelection
{
    private readonly IdentityApi _identity;
    private readonly bool _opensOneProject;
    private readonly SiteConfig _config;
    private readonly ILogger _log;
    private readonly Dictionary<string, Project> _mine = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Project> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _domains = new(StringComparer.Ordinal);

    public ProjectSelection(OpenStackCloud cloud, SiteConfig config, ILogger log)
    {
        _identity = cloud.Identity;
        _opensOneProject = cloud.Credentials.AuthType is AuthType.ApplicationCredential;
        _config = config;
        _log = log;
    }

    /// <summary>All projects that somebody might expect to be accounted, in the order of their names.</summary>
    /// <param name="only">Keep these alone (id, name or name@domain); empty: all.</param>
    /// <param name="cancel">Ends the work.</param>
    /// <exception cref="FedSiteException">A project of <paramref name="only"/> is not accounted.</exception>
    public async Task<IReadOnlyList<ProjectChoice>> ChooseAsync(IReadOnlyList<string> only, CancellationToken cancel)
    {
        var choices = (await ReadProjectsAsync(cancel)).Index().ToDictionary(o => $"odd {o.Index}", o => Odd(o.Item));
        var vosOf = await ReadConfiguredVosAsync(choices, cancel);
        var listed = _config.Accounting.Projects is null
            ? Candidates(vosOf)
            : await ResolveAllAsync(_config.Accounting.Projects, "accounting.projects", choices, cancel);
        foreach (var (project, why) in listed)
        {
            choices.TryAdd(project.Id, Choose(project, why, vosOf));
        }

        var all = choices.Values.OrderBy(c => c.Name, StringComparer.Ordinal).ToList();
        return only.Count == 0 ? all : await RestrictAsync(all, only, cancel);
    }

    private static ProjectChoice Odd(string what) =>
        new()
        {
            Name = "?",
            Accounted = false,
            Reason = what,
            IsFault = true,
        };

    /// <returns>What else the account has a role in, as far as it is understood.</returns>
    private async Task<IReadOnlyList<string>> ReadProjectsAsync(CancellationToken cancel)
    {
        var odd = new List<string>();
        // Keystone lists the user's projects, but an application credential is good for one of them.
        var own = _opensOneProject
            ? (await _identity.GetTokenInfoAsync(TokenScope.Configured, cancel)).ProjectId
            : null;
        foreach (var project in await _identity.ListMyProjectsAsync(odd, cancel))
        {
            _seen[project.Id] = project;
            if (own is null || own == project.Id)
            {
                _mine[project.Id] = project;
            }
        }

        try
        {
            // Projects without a role for this account: only to say that they are left out.
            var foreign = new List<string>();
            foreach (var project in await _identity.ListProjectsAsync(null, null, null, foreign, cancel))
            {
                _seen.TryAdd(project.Id, project);
            }

            foreign.ForEach(what => Log.OddProject(_log, what));
        }
        catch (OpenStackException e) when (e.Status is 401 or 403)
        {
            Log.OtherProjectsUnreadable(_log, _mine.Count);
        }
        catch (OpenStackException e)
        {
            Log.OtherProjectsUnknown(_log, e.Message);
        }

        return odd;
    }

    private async Task<Dictionary<string, string>> ReadConfiguredVosAsync(
        Dictionary<string, ProjectChoice> choices,
        CancellationToken cancel
    )
    {
        var vosOf = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var vo in _config.Vos)
        {
            foreach (var (project, _) in await ResolveAllAsync(vo.Projects, $"vos: {vo.Name}", choices, cancel))
            {
                // Of VOs that share it the first has its usage.
                vosOf.TryAdd(project.Id, vo.Name);
            }
        }

        return vosOf;
    }

    private List<(Project Project, string Why)> Candidates(Dictionary<string, string> vosOf)
    {
        var candidates = new List<(Project, string)>();
        foreach (var project in _seen.Values)
        {
            if (vosOf.TryGetValue(project.Id, out var vo))
            {
                candidates.Add((project, $"vos: {vo}"));
            }
            else if (project.Tags.Contains(_config.Accounting.Tag, StringComparer.Ordinal))
            {
                candidates.Add((project, $"tag {_config.Accounting.Tag}"));
            }
            else if (VoOfProject.Find(project, _config.Accounting.VoProperty, _config.Vos) is { } found)
            {
                candidates.Add((project, $"property {found.Property}"));
            }
        }

        return candidates;
    }

    private ProjectChoice Choose(Project project, string why, Dictionary<string, string> vosOf)
    {
        var byProperty = VoOfProject.Find(project, _config.Accounting.VoProperty, _config.Vos);
        var vo = vosOf.GetValueOrDefault(project.Id) ?? byProperty?.Vo;
        if (byProperty is { } p && (p.Ambiguous || p.Vo != vo))
        {
            Log.SeveralVos(_log, project.Name, p.Property, vo!);
        }

        // A tag means another account's projects as well; what the configuration lists is meant for this one.
        var marked =
            !why.StartsWith("property", StringComparison.Ordinal)
            && (!_opensOneProject || !why.StartsWith("tag", StringComparison.Ordinal));
        var obstacle = project switch
        {
            { Enabled: false } => "the project is disabled",
            _ when !_mine.ContainsKey(project.Id) && _opensOneProject =>
                "the application credential opens only its own project",
            _ when !_mine.ContainsKey(project.Id) => "the account has no role in it; give it `reader` there",
            _ when vo is null =>
                $"it has no VO; set a property: openstack project set --property {_config.Accounting.VoProperty[0]}=VO {project.Id}",
            _ => null,
        };
        return new ProjectChoice
        {
            Id = project.Id,
            Name = project.Name,
            Vo = vo,
            Accounted = obstacle is null,
            Reason = obstacle is null ? why : $"{why}, but {obstacle}",
            IsFault = obstacle is not null && marked && project.Enabled,
        };
    }

    private async Task<IReadOnlyList<ProjectChoice>> RestrictAsync(
        List<ProjectChoice> all,
        IReadOnlyList<string> only,
        CancellationToken cancel
    )
    {
        var kept = new List<ProjectChoice>();
        foreach (var text in only)
        {
            var project = await FindAsync(ProjectRef.Parse(text), cancel);
            var choice = all.FirstOrDefault(c => c.Id is not null && c.Id == project?.Id);
            if (choice is not { Accounted: true })
            {
                throw new FedSiteException(
                    $"Project {text} is not accounted: "
                        + (
                            choice?.Reason
                            ?? (project is null ? "the account can't see it" : "nothing marks it for accounting")
                        ),
                    "See `fedsite accounting projects` for what is accounted, and why.",
                    ExitCode.Usage
                );
            }

            if (!kept.Contains(choice))
            {
                kept.Add(choice);
            }
        }

        return kept;
    }

    private async Task<List<(Project Project, string Why)>> ResolveAllAsync(
        IReadOnlyList<ProjectRef> references,
        string why,
        Dictionary<string, ProjectChoice> choices,
        CancellationToken cancel
    )
    {
        var found = new List<(Project, string)>();
        foreach (var reference in references)
        {
            if (await FindAsync(reference, cancel) is { } project)
            {
                found.Add((project, why));
                continue;
            }

            choices[$"{why} {reference}"] = new ProjectChoice
            {
                Name = reference.ToString(),
                Accounted = false,
                Reason = $"{why}, but no such project can be seen by the account",
                IsFault = true,
            };
        }

        return found;
    }

    private async Task<Project?> FindAsync(ProjectRef reference, CancellationToken cancel)
    {
        var key = reference.Id ?? reference.Name!;
        if (reference.Domain is null && _seen.TryGetValue(key, out var byId))
        {
            return byId;
        }

        var named = _seen.Values.Where(p => p.Name == key).ToList();
        if (reference.Domain is { } domain)
        {
            var id = await DomainIdAsync(domain, cancel);
            named = named.FindAll(p => p.DomainId == id || p.DomainId == domain);
        }

        if (named.Count > 1)
        {
            throw new FedSiteException(
                $"There are {named.Count} projects named {key}.",
                $"Write name@domain, or the id: {string.Join(", ", named.Select(p => p.Id))}.",
                ExitCode.Usage
            );
        }

        return named.SingleOrDefault();
    }

    private async Task<string?> DomainIdAsync(string domain, CancellationToken cancel)
    {
        if (_domains.TryGetValue(domain, out var known))
        {
            return known;
        }

        try
        {
            return _domains[domain] = (await _identity.FindDomainAsync(domain, cancel))?.Id;
        }
        catch (OpenStackException e) when (e.Status is 401 or 403)
        {
            // Not allowed to look domains up: Keystone's own default domain has the id `default`.
            return _domains[domain] = domain.Equals("Default", StringComparison.OrdinalIgnoreCase) ? "default" : null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{What}; it is passed over")]
        public static partial void OddProject(ILogger log, string what);

        [LoggerMessage(
            LogLevel.Warning,
            "Whether projects are marked in which the account has no role is not known this time: {Error}"
        )]
        public static partial void OtherProjectsUnknown(ILogger log, string error);

        [LoggerMessage(
            LogLevel.Debug,
            "The account may not list all projects; only the {Count} in which it has a role are considered"
        )]
        public static partial void OtherProjectsUnreadable(ILogger log, int count);

        [LoggerMessage(
            LogLevel.Warning,
            "Project {Project}: property {Property} names another VO too; it is accounted for {Vo}"
        )]
        public static partial void SeveralVos(ILogger log, string project, string property, string vo);
    }
}
