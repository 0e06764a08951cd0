using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedSite.Federation.Plans;

/// <summary>A plan as <c>plan --out</c> writes it. Holds no secret.</summary>
public sealed record PlanDocument
{
    public const string CurrentFormat = "fedsite-plan-1";

    public required string Format { get; init; }
    public required string Site { get; init; }

    /// <summary>URL.</summary>
    public required string Keystone { get; init; }

    /// <summary><c>federation</c>, <c>vos</c> or <c>flavors</c>; null: everything.</summary>
    public string? Only { get; init; }

    public string? Vo { get; init; }
    public bool Prune { get; init; }

    /// <summary>Quotas may become less than what is used.</summary>
    public bool Force { get; init; }
    public required IReadOnlyList<PlannedChange> Changes { get; init; }
    public int Untouched { get; init; }
    public required IReadOnlyList<PlannedObject> Adopted { get; init; }
    public required IReadOnlyList<PlannedObject> Unnamed { get; init; }
    public required IReadOnlyList<LockOut> LockOuts { get; init; }
    public required IReadOnlyList<LockedOutOwner> LockedOutOwners { get; init; }
    public required IReadOnlyList<string> Notes { get; init; }
    public required IReadOnlyList<PlanProblem> Problems { get; init; }

    /// <summary>What of the file is not planned, and why; all else can be applied.</summary>
    public IReadOnlyList<PlanProblem> Findings
    {
        get => field ?? [];
        init;
    }

    public static PlanDocument Of(Plan plan) =>
        new()
        {
            Format = CurrentFormat,
            Site = plan.Site,
            Keystone = plan.Keystone,
            Only = plan.Scope.Part?.ToString().ToLowerInvariant(),
            Vo = plan.Scope.Vo,
            Prune = plan.Scope.Prune,
            Force = plan.Scope.Force,
            Changes = [.. plan.Changes.Select(PlannedChange.Of)],
            Untouched = plan.Untouched,
            Adopted = [.. plan.Adopted.Select(PlannedObject.Of)],
            Unnamed = [.. plan.Unnamed.Select(PlannedObject.Of)],
            LockOuts = plan.LockOuts,
            LockedOutOwners = plan.LockedOutOwners,
            Notes = plan.Notes,
            Problems = plan.Problems,
            Findings = plan.Findings,
        };

    /// <summary>What to plan again before this plan is applied.</summary>
    public PlanScope Scope =>
        new(Only is null ? null : Enum.Parse<PlanPart>(Only, ignoreCase: true), Vo, Prune) { Force = Force };

    /// <exception cref="FedSiteException">It is no plan of this version.</exception>
    public static PlanDocument Parse(ReadOnlySpan<byte> json, string file)
    {
        try
        {
            if (
                JsonSerializer.Deserialize(json, PlanJson.Default.PlanDocument)
                    is { Format: CurrentFormat, Only: null or "federation" or "vos" or "flavors" } document
                && document.Changes.All(change => change is not null)
            )
                return document;
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new FedSiteException(
            $"{file} is no plan that this version of fedsite made.",
            "Make one with `fedsite plan --out plan.json`.",
            ExitCode.Usage
        );
    }

    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, PlanJson.Default.PlanDocument), (byte)'\n'];

    /// <summary>What this plan would do and the other would not, in words.</summary>
    public IReadOnlyList<string> Beyond(PlanDocument other)
    {
        var known = other.Changes.Select(change => change.Fingerprint).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. Changes
                .Where(change => !known.Contains(change.Fingerprint))
                .Select(change => $"{change.Action} {change.Kind} {change.Name}"),
        ];
    }
}

/// <summary>A change, with all that decides what it does.</summary>
public sealed record PlannedChange(
    string Action,
    string Kind,
    string Name,
    IReadOnlyList<FieldChange> Fields,
    IReadOnlyList<string> Words
)
{
    public static PlannedChange Of(Change change) =>
        new(change.Action.ToString().ToLowerInvariant(), change.Kind, change.Name, change.Fields, change.Words);

    [JsonIgnore]
    internal string Fingerprint => JsonSerializer.Serialize(this, PlanJson.Default.PlannedChange);
}

public sealed record PlannedObject(string Kind, string Name, string Id)
{
    public static PlannedObject Of(ManagedObject thing) => new(thing.Kind, thing.Name, thing.Id);
}

[JsonSerializable(typeof(PlanDocument))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true
)]
internal sealed partial class PlanJson : JsonSerializerContext;
