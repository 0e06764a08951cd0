using FedSite.Configuration;

namespace FedSite.Federation.Catchall;

/// <summary>The site's file for the central operations, as <c>site.yaml</c> has it.</summary>
/// <param name="Warnings">What the file can't say, or what central operations can't use: sentences.</param>
/// <param name="IsWhole">False: a project could not be found, and its VO is left out.</param>
internal sealed record CatchallSource(CatchallSite Site, IReadOnlyList<string> Warnings, bool IsWhole)
{
    /// <param name="config">With a section <c>federation</c>.</param>
    /// <param name="endpoint">Keystone's URL as GOCDB has it.</param>
    /// <param name="withdrawn">VOs that are retiring: they are left out.</param>
    /// <param name="projectIds">Ids of projects that <c>site.yaml</c> names, by <c>ProjectRef.ToString()</c>.</param>
    public static CatchallSource Of(
        SiteConfig config,
        string endpoint,
        IReadOnlySet<string> withdrawn,
        IReadOnlyDictionary<string, string> projectIds
    )
    {
        var federation = config.Federation!;
        var warnings = new List<string>();
        var vos = new List<CatchallVo>();
        var isWhole = true;
        foreach (var vo in config.Vos.Where(vo => !withdrawn.Contains(vo.Name)))
        {
            var project = First(vo, warnings);
            var id = project is null ? null : project.Id ?? projectIds.GetValueOrDefault(project.ToString());
            if (project is not null && id is null)
            {
                warnings.Add(
                    $"the VO {vo.Name} is left out: the id of its project {project} is not known; write the id in site.yaml"
                );
                isWhole = false;
                continue;
            }

            vos.Add(new CatchallVo(vo.Name, id, federation.Catchall.VoRegions.GetValueOrDefault(vo.Name)));
        }

        return new CatchallSource(WithoutVos(config, federation, endpoint) with { Vos = vos }, warnings, isWhole);
    }

    /// <summary>Projects whose ids have to be looked up.</summary>
    public static IReadOnlyList<ProjectRef> Named(SiteConfig config, IReadOnlySet<string> withdrawn) =>
        [
            .. config
                .Vos.Where(vo => !withdrawn.Contains(vo.Name))
                .SelectMany(vo => vo.Projects.Take(1))
                .Where(project => project.Id is null)
                .DistinctBy(project => project.ToString()),
        ];

    /// <summary>The provider by which the central operations come in: Check-in where there are several.</summary>
    public static OpenIdProvider Provider(FederationConfig federation)
    {
        var providers = OpenIdProvider.Of(federation);
        return providers.FirstOrDefault(one => one.Issuer == OpenIdProvider.CheckinIssuer) ?? providers[0];
    }

    private static CatchallSite WithoutVos(SiteConfig config, FederationConfig federation, string endpoint)
    {
        var own = federation.Catchall;
        var protocol = Provider(federation).Protocol;
        return new CatchallSite
        {
            Name = config.Site.Name,
            Endpoint = endpoint,
            Auth = own.Auth,
            Region = own.Region,
            Protocol = protocol == CatchallComparison.DefaultProtocol ? null : protocol,
            SyncImages = own.SyncImages,
            Formats = own.Formats,
            Accounting = own.Accounting,
            AccountingSite = own.AccountingSite,
        };
    }

    private static ProjectRef? First(VoConfig vo, List<string> warnings)
    {
        if (vo.Projects.Count > 1)
        {
            var others = string.Join(", ", vo.Projects.Skip(1));
            warnings.Add($"the file has room for one project a VO: of {vo.Name} it lacks {others}");
        }
        else if (vo.Projects.Count == 0)
        {
            warnings.Add($"the VO {vo.Name} has no project in site.yaml, so the file names none");
        }

        return vo.Projects is [var first, ..] ? first : null;
    }
}
