using FedSite.Federation.Plans;

namespace FedSite.Federation.Retirement;

/// <summary>
/// The projects that stages of a VO have seen, by id: a name may be another project's later, and the file may get new ones.
/// </summary>
internal sealed class SeenProjects(RetirementStore store, string vo)
{
    private const string Kind = "project";

    /// <summary>Stages without which nothing of a project is stopped, or deleted.</summary>
    private static readonly RetirementStage[] Stages = [RetirementStage.Owners, RetirementStage.Stop];

    /// <summary>What a stage that is done has seen.</summary>
    public void Note(RetirementStage stage, IEnumerable<LeavingProject> projects)
    {
        if (!Stages.Contains(stage))
            return;
        // A stage leaves the projects of VOs that stay as they are, except that it reads all owners.
        foreach (var project in projects.Where(one => stage == RetirementStage.Owners || one.Stays is null))
            store.Note(vo, stage, Kind, project.Reference, project.Id);
    }

    /// <summary>Why a stage must not be done with these projects.</summary>
    public IReadOnlyList<PlanProblem> Problems(RetirementStage stage, IReadOnlyList<LeavingProject> projects)
    {
        var seen = Stages.ToDictionary(
            one => one,
            one => store.Steps(vo, one).Where(step => step.Kind == Kind).ToLookup(step => step.Project)
        );
        var meant = seen[RetirementStage.Owners].SelectMany(steps => steps).ToLookup(step => step.Id);
        return
        [
            .. projects
                .Where(project => IsAnother(project, meant[project.Reference]))
                .Select(project => Another(project, meant[project.Reference].First().Project)),
            .. projects
                .Where(project => project.Stays is null && !IsAnother(project, meant[project.Reference]))
                .Select(project =>
                    (project, Missing: Stages.Where(one => one < stage && !seen[one].Contains(project.Id)))
                )
                .Where(one => stage >= RetirementStage.Stop && one.Missing.Any())
                .Select(one => New(one.project, [.. one.Missing])),
        ];
    }

    private static bool IsAnother(LeavingProject project, IEnumerable<RetirementStep> meant) =>
        meant.Any() && meant.All(step => step.Project != project.Id);

    private PlanProblem Another(LeavingProject project, string before) =>
        new(
            $"The project {project.Reference} of the VO {vo} was {before} at stage owners; now the name means {project.Id}.",
            $"Write the one that is meant by its id in site.yaml: {{id: {before}}}, or {{id: {project.Id}}} and then the stages from owners on again."
        );

    private PlanProblem New(LeavingProject project, IReadOnlyList<RetirementStage> missing) =>
        new(
            $"The project {project.Name} ({project.Id}) of the VO {vo} was not seen by {string.Join(" and ", missing.Select(one => one.Word()))}: it is new in site.yaml, or its other VO left since.",
            $"Run {string.Join(", then ", missing.Select(one => $"`fedsite vo retire {vo} --stage {one.Word()}`"))}; then this again."
        );
}
