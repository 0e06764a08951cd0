namespace FedSite.Information.Validation;

/// <summary>What a value in the document is.</summary>
internal enum MemberKind
{
    Text,

    /// <summary>A text that is not empty.</summary>
    FilledText,

    /// <summary>A text with an http or https URL.</summary>
    Url,

    /// <summary>A text in the form of RFC 3339, with an offset.</summary>
    Time,
    Whole,
    Number,
    Boolean,

    /// <summary><c>true</c>, <c>false</c> or <c>"UNKNOWN"</c>.</summary>
    PerhapsBoolean,

    /// <summary>An array of texts.</summary>
    Texts,

    /// <summary>An array of objects.</summary>
    Objects,
    Object,
}

/// <summary>A member of an object of the contract.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What its value is.</param>
/// <param name="About">What it says; unit and source.</param>
internal sealed record MemberRule(string Name, MemberKind Kind, string About)
{
    /// <summary>The contract has it in every object.</summary>
    public bool IsRequired { get; init; }

    /// <summary>What happens to whom when it is wrong, or missing though required. Null: no known consumer reads it.</summary>
    public string? Harm { get; init; }

    /// <summary>What to do when it is missing.</summary>
    public string? NextStep { get; init; }

    /// <summary>All values that it may have, if they are few.</summary>
    public IReadOnlyList<string>? Words { get; init; }

    /// <summary>Smallest number that it may be.</summary>
    public int? Minimum { get; init; }

    /// <summary>Members of the object, or of each object in the array.</summary>
    public IReadOnlyList<MemberRule> Members { get; init; } = [];
}

/// <summary>Objects that an object refers to by their ids, under <c>Associations</c>.</summary>
/// <param name="Name">Name of the array of ids; of the class, too, unless the ids lead out of the document.</param>
/// <param name="IsRequired">There is at least one.</param>
internal sealed record AssociationRule(string Name, bool IsRequired)
{
    /// <summary>The ids name no objects of the document but a site or a VO.</summary>
    public bool LeadsOut { get; init; }

    /// <summary>What happens to whom when it is missing or leads nowhere. Null: no consumer follows it.</summary>
    public string? Harm { get; init; }
}

/// <summary>A class of objects.</summary>
/// <param name="Name">Its key in the document.</param>
/// <param name="About">What an object of it stands for.</param>
internal sealed record ClassRule(string Name, string About)
{
    /// <summary>What happens to whom without the key. Null: it may be left out.</summary>
    public string? Harm { get; init; }

    /// <summary>There is exactly one object.</summary>
    public bool IsSingle { get; init; }

    /// <summary>Objects may be repeated, once for each share, as cloud-info-provider does.</summary>
    public bool IsRepeatable { get; init; }

    public IReadOnlyList<AssociationRule> Associations { get; init; } = [];

    /// <summary>All members but <c>Associations</c>, in the order of the contract.</summary>
    public required IReadOnlyList<MemberRule> Members { get; init; }
}
