using System.Globalization;
using FedSite.Information.Validation;

namespace FedSite.Information.Comparison;

/// <summary>What changed from one document of a site to another, whoever wrote them.</summary>
/// <param name="Fault">Why they could not be compared; null: they were.</param>
/// <param name="Classes">Each class that differs.</param>
public sealed record DocumentDifference(string? Fault, IReadOnlyList<ClassDifference> Classes)
{
    /// <summary>They were compared, and say the same.</summary>
    public bool IsEqual => Fault is null && Classes.Count == 0;

    /// <summary>One line, such as <c>lost 30 images, 2 flavors new, 1 share changed</c>.</summary>
    public string Summary
    {
        get
        {
            if (Fault is not null)
                return Fault;
            var lost = Classes.Where(one => one.Lost.Count > 0).Select(one => Count(one.Lost.Count, one));
            var parts = lost.Any() ? [$"lost {string.Join(" and ", lost)}"] : new List<string>();
            parts.AddRange(Classes.Where(one => one.New.Count > 0).Select(one => $"{Count(one.New.Count, one)} new"));
            parts.AddRange(
                Classes.Where(one => one.Changed.Count > 0).Select(one => $"{Count(one.Changed.Count, one)} changed")
            );
            return parts.Count == 0 ? "no differences" : string.Join(", ", parts);
        }
    }

    /// <summary>
    /// Compares object by object. Times do not count, nor how often an object is repeated; of associations and health only
    /// what they name.
    /// </summary>
    /// <param name="before">A document; anything.</param>
    /// <param name="after">A document; anything.</param>
    /// <param name="withVolatile">Numbers of machines and usage, which always change, count too.</param>
    public static DocumentDifference Between(
        ReadOnlyMemory<byte> before,
        ReadOnlyMemory<byte> after,
        bool withVolatile = false
    )
    {
        using var old = DocumentReader.Read(before, out var oldFault);
        using var young = DocumentReader.Read(after, out var youngFault);
        if (old is null || young is null)
            return new(
                old is null
                    ? $"The earlier document cannot be read. {oldFault}"
                    : $"The document cannot be read. {youngFault}",
                []
            );
        return new(
            Fault: null,
            [
                .. ComparedClass
                    .All.Select(one => one.Compare(old.RootElement, young.RootElement, withVolatile))
                    .Where(one => one.Lost.Count + one.New.Count + one.Changed.Count > 0),
            ]
        );
    }

    private static string Count(int number, ClassDifference one) =>
        one.IsSingle
            ? one.Singular
            : string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? one.Singular : one.Plural)}");
}

/// <summary>What changed of the objects of a class.</summary>
/// <param name="Singular">Word for one, such as <c>image</c>.</param>
/// <param name="Plural">Word for several.</param>
/// <param name="IsSingle">A document has only one.</param>
/// <param name="Lost">Those that only the earlier document has.</param>
/// <param name="New">Those that only the later one has.</param>
/// <param name="Changed">Those that both have, and not the same.</param>
public sealed record ClassDifference(
    string Singular,
    string Plural,
    bool IsSingle,
    IReadOnlyList<ComparedObject> Lost,
    IReadOnlyList<ComparedObject> New,
    IReadOnlyList<ChangedObject> Changed
);

/// <summary>An object of a document.</summary>
/// <param name="Id">Its <c>ID</c>.</param>
/// <param name="Name">Its name; else its id.</param>
public sealed record ComparedObject(string Id, string Name);

/// <summary>An object that both documents have.</summary>
/// <param name="Id">Its <c>ID</c>.</param>
/// <param name="Name">Its name in the later document; else its id.</param>
/// <param name="Members">What of it changed.</param>
public sealed record ChangedObject(string Id, string Name, IReadOnlyList<MemberChange> Members);

/// <summary>A member that changed. Of a set of ids, the values are what only one document has.</summary>
/// <param name="Member">Its path in the object, such as <c>OtherInfo.quotas</c>; <c>VO</c> is that of the share's policy.</param>
/// <param name="Before">Its value, at most 200 letters of it; null: there was none.</param>
/// <param name="After">Its value, at most 200 letters of it; null: there is none.</param>
public sealed record MemberChange(string Member, string? Before, string? After);
