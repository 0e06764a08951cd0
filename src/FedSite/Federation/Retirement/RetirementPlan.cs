using FedSite.Federation.Plans;

namespace FedSite.Federation.Retirement;

/// <summary>Where a VO stands on its way out.</summary>
/// <param name="Vo">Its name.</param>
/// <param name="IsNamed">site.yaml names it.</param>
/// <param name="Known">Null: it stays.</param>
/// <param name="Unfinished">The stage that was begun, or was undone half, and is neither done nor undone; null: none.</param>
public sealed record RetirementStanding(string Vo, bool IsNamed, VoRetirement? Known, RetirementStage? Unfinished)
{
    /// <summary>Null: all is done.</summary>
    public RetirementStage? Next => RetirementStages.After(Known?.Stage);
}

/// <summary>Somebody who owns machines or volumes of the VO.</summary>
/// <param name="Id">Keystone's id of the user.</param>
/// <param name="Name">Null: the user is gone.</param>
/// <param name="Email">Null: not known.</param>
/// <param name="Servers">How many.</param>
/// <param name="Volumes">How many.</param>
/// <param name="Projects">Names.</param>
public sealed record VoOwner(
    string Id,
    string? Name,
    string? Email,
    int Servers,
    int Volumes,
    IReadOnlyList<string> Projects
);

/// <summary>A project of the VO.</summary>
/// <param name="Id">Keystone's.</param>
/// <param name="Name">As Keystone has it.</param>
/// <param name="OtherVo">Another VO that has it and stays, so that it is left as it is; null: none.</param>
public sealed record RetiringProject(string Id, string Name, string? OtherVo);

/// <summary>One thing that a stage does.</summary>
public sealed record RetirementAction
{
    /// <summary>For instance <c>stop</c>, <c>delete</c>, <c>share again</c>.</summary>
    public required string Verb { get; init; }

    /// <summary>For instance <c>server</c>, <c>image</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Or its id, where it has none.</summary>
    public required string Name { get; init; }

    public required string Id { get; init; }

    /// <summary>Name of the project; null: of none.</summary>
    public string? Project { get; init; }

    /// <summary>More about it; null: nothing.</summary>
    public string? Words { get; init; }

    internal Func<CancellationToken, Task> Work { get; init; } = _ => Task.CompletedTask;

    public override string ToString() => $"{Verb} {Kind} {Name}";
}

/// <summary>Things that are done side by side; the next ones wait until the cloud has really done them.</summary>
internal sealed record RetirementPhase
{
    public required IReadOnlyList<RetirementAction> Actions { get; init; }

    /// <summary>
    /// Looks what is not yet as it should be; asked again and again as long as something of it comes by waiting. Is given the
    /// ids of the actions that went well.
    /// </summary>
    public Func<IReadOnlySet<string>, CancellationToken, Task<IReadOnlyList<Leftover>>> Left { get; init; } =
        (_, _) => Task.FromResult<IReadOnlyList<Leftover>>([]);
}

/// <summary>Something that is not as it should be.</summary>
/// <param name="Words">What, for people.</param>
/// <param name="Comes">The cloud is at it: waiting may help.</param>
internal readonly record struct Leftover(string Words, bool Comes);

/// <summary>What a stage, or undoing one, would do.</summary>
public sealed record RetirementPlan
{
    public required string Vo { get; init; }
    public required RetirementStage Stage { get; init; }

    /// <summary>It takes the stage back.</summary>
    public bool IsUndo { get; init; }

    /// <summary>The stage was never reached, only begun.</summary>
    public bool WasUnfinished { get; init; }

    /// <summary>Null: none was set, nor is one.</summary>
    public DateOnly? DeleteAfter { get; init; }

    /// <summary>What the stage is about; empty where one is undone.</summary>
    public IReadOnlyList<RetiringProject> Projects =>
        [.. Leaving.Select(project => new RetiringProject(project.Id, project.Name, project.Stays))];

    internal IReadOnlyList<LeavingProject> Leaving { get; init; } = [];

    public IReadOnlyList<VoOwner> Owners { get; init; } = [];

    /// <summary>In the order in which they are done.</summary>
    public IReadOnlyList<RetirementAction> Actions => [.. Phases.SelectMany(phase => phase.Actions)];

    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What keeps it from being done.</summary>
    public IReadOnlyList<PlanProblem> Problems { get; init; } = [];

    internal IReadOnlyList<RetirementPhase> Phases { get; init; } = [];

    /// <summary>After all else went well.</summary>
    internal Action Finish { get; init; } = () => { };

    /// <summary>It would do the same as the other.</summary>
    public bool IsLike(RetirementPlan other) =>
        (Stage, IsUndo) == (other.Stage, other.IsUndo)
        && Projects.ToHashSet().SetEquals(other.Projects)
        && Actions.Select(Key).ToHashSet().SetEquals(other.Actions.Select(Key));

    private static (string, string, string) Key(RetirementAction action) => (action.Verb, action.Kind, action.Id);
}

/// <summary>What became of a plan.</summary>
/// <param name="Done">How many actions were taken.</param>
/// <param name="Failed">Those that were not.</param>
/// <param name="Left">What the cloud has not done in time, or came since, in words.</param>
public sealed record RetirementResult(
    int Done,
    IReadOnlyList<(RetirementAction Action, FedSiteException Failure)> Failed,
    IReadOnlyList<string> Left
)
{
    /// <summary>The stage is reached, or undone.</summary>
    public bool IsWhole => Failed.Count == 0 && Left.Count == 0;
}
