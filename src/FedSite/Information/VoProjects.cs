using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.OpenStack.Identity;
using Microsoft.Extensions.Logging;

namespace FedSite.Information;

/// <summary>Finds the projects of each VO: those that the file names, then those whose property names the VO.</summary>
internal sealed partial class VoProjects(
    SiteConfig config,
    InformationAccounts accounts,
    IReadOnlyList<KnownShare> known,
    ILogger log
)
{
    private readonly List<(InformationVoConfig Vo, ProjectSource Source)> _found = [];
    private readonly List<(InformationVoConfig Vo, ProjectFacts Project)> _closed = [];
    private readonly List<VoFailure> _homeless = [];
    private IReadOnlyDictionary<string, Project> _mine = new Dictionary<string, Project>();
    private string? _failure;

    /// <summary>Why Keystone did not list the account's projects; null: it did.</summary>
    public string? Failure => _failure;

    /// <summary>VOs of whose projects nothing is known, not even an id.</summary>
    public IReadOnlyList<VoFailure> Homeless => _homeless;

    /// <summary>Projects that are known, by the file or by an earlier run, but that no account can read now.</summary>
    public IReadOnlyList<(InformationVoConfig Vo, ProjectFacts Project)> Closed => _closed;

    /// <summary>In the order of the file, then of the names; a VO and a project together once.</summary>
    /// <param name="limit">Ends the question to Keystone, without more.</param>
    /// <param name="ct">The user's wish to stop.</param>
    public async Task<IReadOnlyList<(InformationVoConfig Vo, ProjectSource Source)>> FindAsync(
        CancellationToken limit,
        CancellationToken ct
    )
    {
        if (accounts.Site is not null)
            await ListMineAsync(limit, ct);
        var vos = Vos();
        var configured = vos.ToDictionary(vo => vo.Vo.Name, vo => vo.Vo, StringComparer.Ordinal);
        foreach (var (vo, projects) in vos)
        {
            AddConfigured(vo, projects);
        }

        var byFile = _found.Select(found => (found.Vo.Name, found.Source.Facts.Id)).ToHashSet();
        foreach (
            var project in _mine.Values.Where(project => project.Enabled).OrderBy(p => p.Name, StringComparer.Ordinal)
        )
        {
            AddByProperty(project, configured, byFile);
        }

        if (accounts.Site is not null)
            AddRemembered(configured);

        foreach (var vo in configured.Values.Where(vo => IsMissing(vo.Name)))
        {
            _homeless.Add(new VoFailure(vo.Name, _failure ?? "the site's account has no role in a project of this VO"));
        }

        return _found;
    }

    /// <summary>The file's VOs: those of <c>information.vos</c> complete or follow those of <c>vos</c>.</summary>
    private List<(InformationVoConfig Vo, IReadOnlyList<ProjectRef> Projects)> Vos()
    {
        var own = config.Information.Vos.ToDictionary(vo => vo.Name, StringComparer.Ordinal);
        var vos = new List<(InformationVoConfig, IReadOnlyList<ProjectRef>)>();
        foreach (var vo in config.Vos)
        {
            own.Remove(vo.Name, out var special);
            special ??= Plain(vo.Name);
            vos.Add((special, special.Projects.Count > 0 ? special.Projects : vo.Projects));
        }

        vos.AddRange(config.Information.Vos.Where(vo => own.ContainsKey(vo.Name)).Select(vo => (vo, vo.Projects)));
        return vos;
    }

    private async Task ListMineAsync(CancellationToken limit, CancellationToken ct)
    {
        try
        {
            var odd = new List<string>();
            var projects = await accounts.Shared.Identity.ListMyProjectsAsync(odd, limit);
            odd.ForEach(what => Log.OddProject(log, what));
            _mine = projects.ToDictionary(project => project.Id, StringComparer.Ordinal);
            if (accounts.Site!.AuthType is AuthType.ApplicationCredential)
            {
                // Keystone lists all the user's projects; the credential opens one of them.
                var own = (await accounts.Shared.Identity.GetTokenInfoAsync(TokenScope.Configured, limit)).ProjectId;
                _mine = _mine.Where(p => p.Key == own).ToDictionary(StringComparer.Ordinal);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            _failure = FailureWords.Silent(ServiceNames.Identity);
            Log.ProjectsUnknown(log, _failure);
        }
        catch (OpenStackException e)
        {
            _failure = FailureWords.Of(e);
            Log.ProjectsUnknown(log, e.Message);
        }
    }

    private void AddConfigured(InformationVoConfig vo, IReadOnlyList<ProjectRef> projects)
    {
        if (vo.OpenStack is { } section && !(projects.Count == 0 && IsOfSite(section)))
        {
            foreach (var project in projects.Count > 0 ? projects : (IReadOnlyList<ProjectRef?>)[null])
                AddOwn(vo, section, project);
            return;
        }

        foreach (var reference in projects)
        {
            var named = Candidates(reference);
            if (reference.Id is { } id || (named is [var only] && (id = only.Id) is not null))
                Add(vo, accounts.SourceOf(id));
            else if (named.Count > 1)
                Log.Ambiguous(log, vo.Name, reference.ToString());
            else if (_failure is null)
                Log.NotSeen(log, vo.Name, reference.ToString());
        }
    }

    private void AddOwn(InformationVoConfig vo, OpenStackConfig section, ProjectRef? project)
    {
        try
        {
            Add(vo, accounts.SourceOf(section, project));
        }
        catch (FedSiteException e)
        {
            Log.NoAccount(log, vo.Name, e.Message);
            Close(vo, project?.Id ?? section.Auth?.ProjectId);
        }
    }

    private void Close(InformationVoConfig vo, string? projectId)
    {
        const string why = "its account can't be used";
        var projects = known.Where(share => share.Vo == vo.Name).ToList();
        if (projectId is not null)
        {
            var before = projects.Find(share => share.Project == projectId);
            projects = [before ?? new KnownShare(vo.Name, projectId, Name: null, Domain: null)];
        }

        foreach (var share in projects)
        {
            var facts = new ProjectFacts(new CloudFacts())
            {
                Id = share.Project,
                Name = share.Name,
                Domain = share.Domain,
            };
            facts.Fail(new PartFailure(Parts.Token, why));
            _closed.Add((vo, facts));
        }

        if (projects.Count == 0)
            _homeless.Add(new VoFailure(vo.Name, why));
    }

    /// <summary>
    /// Keystone does not tell now: what it told the last time. When it does tell, a VO that only a property named is gone
    /// with it; one of the file has lost its project, and its share says so.
    /// </summary>
    private void AddRemembered(Dictionary<string, InformationVoConfig> configured)
    {
        var missing = known
            .GroupBy(share => share.Vo)
            .Where(vo => IsMissing(vo.Key) && (_failure is not null || configured.ContainsKey(vo.Key)))
            .ToList();
        foreach (var share in missing.SelectMany(shares => shares))
            AddFound(configured.GetValueOrDefault(share.Vo) ?? Plain(share.Vo), share.Project);
    }

    private List<Project> Candidates(ProjectRef reference) =>
        [
            .. _mine.Values.Where(project =>
                (reference.Id is not null && project.Id == reference.Id)
                || (reference.Name is { } name && project.Name == name && IsIn(project, reference.Domain))
                || (reference is { Name: { } id, Domain: null } && project.Id == id)
            ),
        ];

    /// <summary>
    /// A domain's name can't be told from its id without rights: projects of one name then differ by what the token says.
    /// </summary>
    private static bool IsIn(Project project, string? domain) =>
        domain is null
        || project.DomainId == domain
        || (project.DomainId == "default") == domain.Equals("Default", StringComparison.OrdinalIgnoreCase);

    private void AddByProperty(
        Project project,
        Dictionary<string, InformationVoConfig> configured,
        HashSet<(string Vo, string? Project)> byFile
    )
    {
        if (VoOfProject.FindAll(project, config.Accounting.VoProperty) is not { } found)
            return;
        foreach (var name in found.Vos)
        {
            if (byFile.Contains((name, project.Id)))
                continue;
            if (byFile.Any(listed => listed.Project == project.Id))
                Log.Differs(log, project.Name, found.Property, name);
            else if (configured.Count > 0 && !configured.ContainsKey(name))
                Log.OnlyProperty(log, name, project.Name, found.Property);
            AddFound(configured.GetValueOrDefault(name) ?? Plain(name), project.Id);
        }
    }

    /// <summary>The site's account on another way, for instance in another region: it needs to be told its project.</summary>
    private bool IsOfSite(OpenStackConfig section) =>
        accounts.Site is not null && section is { Cloud: null, AuthType: null, Auth: null };

    private static InformationVoConfig Plain(string vo) => new() { Name = vo };

    /// <summary>Of a project that the site's account found.</summary>
    private void AddFound(InformationVoConfig vo, string projectId)
    {
        if (vo.OpenStack is { } section && IsOfSite(section))
            AddOwn(vo, section, new ProjectRef { Id = projectId });
        else
            Add(vo, accounts.SourceOf(projectId));
    }

    private void Add(InformationVoConfig vo, ProjectSource source)
    {
        if (!_found.Any(found => found.Vo.Name == vo.Name && found.Source == source))
            _found.Add((vo, source));
    }

    private bool IsMissing(string vo) =>
        _found.TrueForAll(found => found.Vo.Name != vo)
        && _closed.TrueForAll(closed => closed.Vo.Name != vo)
        && _homeless.TrueForAll(failure => failure.Vo != vo);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{What}; it is passed over")]
        public static partial void OddProject(ILogger log, string what);

        [LoggerMessage(
            LogLevel.Warning,
            "The account's projects are not known this time, properties do not count: {Error}"
        )]
        public static partial void ProjectsUnknown(ILogger log, string error);

        [LoggerMessage(LogLevel.Warning, "VO {Vo}: there are several projects {Project}; give its id, or name@domain")]
        public static partial void Ambiguous(ILogger log, string vo, string project);

        [LoggerMessage(
            LogLevel.Warning,
            "VO {Vo}: project {Project} can't be seen by the account; give it `reader` there, or correct the file"
        )]
        public static partial void NotSeen(ILogger log, string vo, string project);

        [LoggerMessage(LogLevel.Warning, "VO {Vo}: {Error}")]
        public static partial void NoAccount(ILogger log, string vo, string error);

        [LoggerMessage(
            LogLevel.Warning,
            "Project {Project} belongs to another VO by the file, and by its property {Property} to {Vo} too: both get a share of it"
        )]
        public static partial void Differs(ILogger log, string project, string property, string vo);

        [LoggerMessage(
            LogLevel.Information,
            "VO {Vo} is not in the file; project {Project} names it by its property {Property}"
        )]
        public static partial void OnlyProperty(ILogger log, string vo, string project, string property);
    }
}
