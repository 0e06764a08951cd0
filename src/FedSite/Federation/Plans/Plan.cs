namespace FedSite.Federation.Plans;

public enum ChangeAction
{
    Create,
    Change,
    Remove,
}

/// <summary>One property of an object. Null: it has none.</summary>
public sealed record FieldChange(string Field, string? Old, string? New);

/// <summary>One difference between the file and the cloud, and how to end it.</summary>
public sealed record Change
{
    public required ChangeAction Action { get; init; }

    /// <summary>For instance <c>group</c>, <c>project</c>, <c>mapping</c>.</summary>
    public required string Kind { get; init; }

    public required string Name { get; init; }

    public IReadOnlyList<FieldChange> Fields { get; init; } = [];

    /// <summary>What it means for people, for instance <c>bearers of … become members of group …</c>.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>
    /// What it belongs to: if it fails, only the rest of its unit is left. Null: it is one of those that all others hang
    /// on, so the rest of the plan is left.
    /// </summary>
    internal ChangeUnit? Unit { get; init; }

    /// <summary>Writes, reads back, and remembers.</summary>
    internal Func<ApplyContext, CancellationToken, Task> Work { get; init; } = (_, _) => Task.CompletedTask;
}

/// <summary>Changes that hang on each other, and that no other hangs on.</summary>
/// <param name="Service">Type of the service that holds them.</param>
/// <param name="Name">Of the thing that they make or change.</param>
internal sealed record ChangeUnit(string Service, string Name);

/// <summary>Somebody who could log in so far and could not any more.</summary>
/// <param name="Mapping">Id of the mapping.</param>
/// <param name="Entitlement">Or a regular expression, as the mapping has it; null: the rule asks for none.</param>
/// <param name="Vo">The VO that the file, or the group, names for it; null: not known.</param>
/// <param name="Reason">What they lose.</param>
/// <param name="Groups">Ids of the groups that they lose.</param>
public sealed record LockOut(
    string Mapping,
    string? Entitlement,
    string? Vo,
    string Reason,
    IReadOnlyList<string> Groups
);

/// <summary>A federated user with property behind a lock-out.</summary>
/// <param name="Id">Keystone's id of the user.</param>
/// <param name="Name">Null: the user is gone.</param>
/// <param name="Project">Id of the project.</param>
public sealed record LockedOutOwner(string Id, string? Name, string Project, int Servers, int Volumes);

/// <summary>Something that keeps the plan from being applied.</summary>
public sealed record PlanProblem(string Message, string NextStep);

/// <summary>What <c>apply</c> would do.</summary>
public sealed record Plan
{
    public required string Site { get; init; }

    /// <summary>URL.</summary>
    public required string Keystone { get; init; }

    public required PlanScope Scope { get; init; }

    /// <summary>In the order in which they are applied.</summary>
    public required IReadOnlyList<Change> Changes { get; init; }

    /// <summary>Objects that are as the file says.</summary>
    public required int Untouched { get; init; }

    /// <summary>Objects that the site had made by hand, and that the file now names.</summary>
    public required IReadOnlyList<ManagedObject> Adopted { get; init; }

    /// <summary>Objects that were made or adopted, and that the file no longer names.</summary>
    public required IReadOnlyList<ManagedObject> Unnamed { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Those of the notes that ask for nothing to be done.</summary>
    internal IReadOnlyList<string> Remarks { get; init; } = [];
    public required IReadOnlyList<PlanProblem> Problems { get; init; }

    /// <summary>
    /// What the file wants and FedSite never makes, such as a flavor, and what can't be compared: all else can be applied.
    /// </summary>
    public IReadOnlyList<PlanProblem> Findings { get; init; } = [];

    /// <summary>Those of the findings that an account of more rights would not have.</summary>
    internal IReadOnlyList<PlanProblem> Refused { get; init; } = [];

    public required IReadOnlyList<LockOut> LockOuts { get; init; }

    /// <summary>Who owns servers or volumes in the projects of those who are locked out.</summary>
    public IReadOnlyList<LockedOutOwner> LockedOutOwners { get; init; } = [];

    /// <summary>Ids of mappings that differ for other VOs than the one that the plan is about, too.</summary>
    internal IReadOnlyList<string> MappingsLeft { get; init; } = [];

    /// <summary>Mappings that people log in by today and that are not those of the file, each with its protocol.</summary>
    internal IReadOnlyList<string> OtherMappings { get; init; } = [];

    /// <summary>Ids of objects that are there.</summary>
    internal IdBook Ids { get; init; } = new();
}

/// <summary>Ids of objects, by kind and name.</summary>
internal sealed class IdBook
{
    private readonly Dictionary<(string Kind, string Name), string> _ids = [];

    public string? Find(string kind, string name) => _ids.GetValueOrDefault((kind, name));

    public string Get(string kind, string name) =>
        Find(kind, name) ?? throw new FedSiteException($"There is no {kind} {name}, though it should have been made.");

    public bool Has(string kind, string id) => _ids.Any(entry => entry.Key.Kind == kind && entry.Value == id);

    public void Set(string kind, string name, string id) => _ids[(kind, name)] = id;
}
