using FedSite.Configuration;
using FedSite.Federation.Retirement;

namespace FedSite.Federation.Plans;

/// <summary>What a plan is about.</summary>
/// <param name="Part">Null: everything.</param>
/// <param name="Vo">Only this VO's group, projects, roles and place in the mapping; null: all.</param>
/// <param name="Prune">What was made or adopted and is no longer named is removed.</param>
public sealed record PlanScope(PlanPart? Part, string? Vo, bool Prune)
{
    public static PlanScope Everything { get; } = new(Part: null, Vo: null, Prune: false);

    /// <summary>Quotas may become less than what is used today.</summary>
    public bool Force { get; init; }

    /// <summary>Without quotas, networks and flavors, on which no mapping depends.</summary>
    internal bool WithoutTerms { get; init; }

    internal bool HasFederation => Part is null or PlanPart.Federation && Vo is null;

    internal bool HasVos => Part is null or PlanPart.Vos;

    /// <summary>Quotas and networks.</summary>
    internal bool HasTerms => HasVos && !WithoutTerms;

    /// <summary>Metadata of flavors is of no VO; access to them is.</summary>
    internal bool HasFlavors => Part is null or PlanPart.Flavors && !WithoutTerms;

    /// <summary>The mapping depends on both parts: it names the VOs' groups.</summary>
    internal bool HasMapping => Part is null or PlanPart.Federation;
}

public enum PlanPart
{
    /// <summary>Domain, identity providers, auditors, mappings, protocols.</summary>
    Federation,

    /// <summary>Groups, projects, roles, the accounting user's rights; quotas and networks.</summary>
    Vos,

    /// <summary>Metadata of flavors, and who may use them.</summary>
    Flavors,
}

/// <summary>A VO that was on its way out, or has left, and that <c>vos</c> no longer names.</summary>
/// <param name="Stage">The last one that it reached.</param>
/// <param name="Elsewhere">Another key of the file that names it; null: none.</param>
public sealed record GoneVo(string Name, RetirementStage Stage, string? Elsewhere);

/// <summary>All that a plan starts from, besides the cloud.</summary>
public sealed record PlanRequest
{
    public required string SiteName { get; init; }
    public required FederationConfig Federation { get; init; }
    public required IReadOnlyList<FlavorConfig> Flavors { get; init; }
    public required IReadOnlyList<SiteVo> Vos { get; init; }
    public required IReadOnlyList<ManagedObject> Known { get; init; }
    public required PlanScope Scope { get; init; }
    public IReadOnlyList<GoneVo> Gone { get; init; } = [];

    /// <exception cref="FedSiteException">The file has no <c>federation</c>, or the VO is not in it.</exception>
    public static PlanRequest Of(
        SiteConfig site,
        VoTable table,
        FederationStore store,
        PlanScope scope,
        IReadOnlyDictionary<string, RetirementStage> leaving
    )
    {
        var federation =
            site.Federation
            ?? throw new FedSiteException(
                "site.yaml has no `federation`, so there is nothing to plan.",
                "Write it as docs/joining-the-federation.md shows: `federation: {provider: checkin, keystone: https://…}`.",
                ExitCode.Usage
            );
        var vos = SiteVo
            .Of(site, table.Read())
            .Select(vo => leaving.TryGetValue(vo.Name, out var stage) ? vo with { Leaving = stage } : vo)
            .ToList();
        if (scope.Vo is { } wanted && !vos.Any(vo => vo.Name == wanted))
        {
            var hint = NearestWord.Of(wanted, vos.Select(vo => vo.Name)) is { } nearest
                ? $"Did you mean {nearest}?"
                : "`fedsite vo list` shows them.";
            throw new FedSiteException($"site.yaml has no VO {wanted}.", hint, ExitCode.Usage);
        }

        return new PlanRequest
        {
            SiteName = site.Site.Name,
            Federation = federation,
            Flavors = site.Flavors,
            Vos = vos,
            Known = store.ReadObjects(),
            Scope = scope,
            Gone =
            [
                .. leaving
                    .Where(vo => !vos.Exists(one => one.Name == vo.Key))
                    .Select(vo => new GoneVo(vo.Key, vo.Value, Elsewhere(site, vo.Key)))
                    .OrderBy(vo => vo.Name, StringComparer.Ordinal),
            ],
        };
    }

    private static string? Elsewhere(SiteConfig site, string vo) =>
        site.Information.Vos.Any(one => one.Name == vo) ? "information.vos"
        : site.Images.Vos.Any(one => one.Name == vo) ? "images.vos"
        : null;

    internal IReadOnlyList<OpenIdProvider> Providers => field ??= OpenIdProvider.Of(Federation);

    internal IEnumerable<SiteVo> Managed => Vos.Where(vo => vo.IsManaged);

    /// <summary>VOs whose own objects are compared.</summary>
    internal IEnumerable<SiteVo> Planned =>
        Scope.HasVos ? Managed.Where(vo => Scope.Vo is null || vo.Name == Scope.Vo) : [];

    /// <summary>VOs whose projects are looked up.</summary>
    internal IEnumerable<SiteVo> WithProjects =>
        Managed.Where(vo =>
            (Scope.Vo is null || vo.Name == Scope.Vo) && (Scope.HasVos || (Scope.HasFlavors && vo.Flavors.Count > 0))
        );

    /// <summary>VOs whose access to flavors is compared.</summary>
    internal IEnumerable<SiteVo> WithFlavors =>
        Managed.Where(vo => Scope.HasFlavors && (Scope.Vo is null || vo.Name == Scope.Vo) && vo.Flavors.Count > 0);

    /// <summary>Flavors whose metadata is compared; that is of no VO.</summary>
    internal IReadOnlyList<FlavorConfig> PlannedFlavors => Scope is { HasFlavors: true, Vo: null } ? Flavors : [];

    internal GroupName Auditors => new("auditors", Federation.Domain);

    internal bool HasAuditors => Federation.Auditors.Count > 0;

    /// <summary>What was remembered of an object; null: nothing.</summary>
    internal ManagedObject? KnownAs(string kind, string name) =>
        Known.FirstOrDefault(thing => thing.Kind == kind && thing.Name == name);
}
