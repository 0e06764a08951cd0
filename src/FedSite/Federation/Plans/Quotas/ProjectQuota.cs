namespace FedSite.Federation.Plans.Quotas;

/// <summary>What the file lets a project have.</summary>
/// <param name="Project">As the plan calls it.</param>
/// <param name="Wanted">In the units of the services; -1: unlimited.</param>
internal sealed record ProjectQuota(string Project, IReadOnlyDictionary<QuotaKind, long> Wanted)
{
    public IEnumerable<QuotaService> Services => Wanted.Keys.Select(kind => kind.Service).Distinct();

    /// <summary>Of the planned VOs; a project of several VOs counts for the first that gives it a quota.</summary>
    public static IReadOnlyList<ProjectQuota> Of(PlanRequest request) =>
        [
            .. request
                .Planned.SelectMany(vo => vo.Projects)
                .Where(project => project.Quota is not null)
                .DistinctBy(project => project.ToString())
                .Select(project => new ProjectQuota(
                    project.ToString(),
                    QuotaKind
                        .All.Where(kind => kind.Wanted(project.Quota!) is not null)
                        .ToDictionary(kind => kind, kind => kind.Wanted(project.Quota!)!.Value)
                )),
        ];
}
