using System.Text.Json.Nodes;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.Plans;

/// <summary>Groups by the ways in which a mapping may call them.</summary>
internal sealed class GroupBook(
    IReadOnlyList<Group> groups,
    Func<string, string?> domainId,
    IReadOnlyList<(string Vo, IReadOnlyList<string> Entitlements, string? Group)> vos
)
{
    private const string NewGroup = "new:";

    /// <summary>Where nothing is known of groups.</summary>
    public static GroupBook Empty { get; } = new([], _ => null, []);

    public static GroupBook Of(PlanRequest request, CloudView view) =>
        new(
            view.Groups,
            name => view.DomainNamed(name)?.Id,
            [
                .. request.Vos.Select(vo =>
                    (vo.Name, vo.Entitlements, CloudReader.FindGroup(request, view, vo.Group)?.Id)
                ),
            ]
        );

    public bool Has(string id) => groups.Any(group => group.Id == id);

    /// <summary>The id of a group that is given as in a mapping; a name where there is no such group.</summary>
    public string IdOf(JsonObject group)
    {
        if (group["id"] is { } id)
            return id.ToString();
        var name = group["name"]?.ToString() ?? "";
        var domain = group["domain"] as JsonObject;
        var inDomain = domain?["id"]?.ToString() ?? domainId(domain?["name"]?.ToString() ?? "");
        return
            groups.FirstOrDefault(known =>
                known.DomainId == inDomain && string.Equals(known.Name, name, StringComparison.OrdinalIgnoreCase)
            )
                is { } found
            ? found.Id
            : name;
    }

    /// <summary>For people.</summary>
    public string NameOf(string idOrName) =>
        idOrName.StartsWith(NewGroup, StringComparison.Ordinal) ? idOrName[NewGroup.Length..]
        : groups.FirstOrDefault(group => group.Id == idOrName) is { } found ? found.Name
        : idOrName;

    /// <summary>The VO that an entitlement, or else one of the groups, belongs to; null: not known.</summary>
    public string? VoOf(string? entitlement, IReadOnlyList<string> joined)
    {
        var byEntitlement = vos.Where(vo =>
            vo.Entitlements.Any(text => entitlement is not null && Means(entitlement, text))
        );
        return byEntitlement.Select(vo => vo.Vo).FirstOrDefault()
            ?? vos.Where(vo => vo.Group is { } group && joined.Contains(group)).Select(vo => vo.Vo).FirstOrDefault()
            ?? groups.FirstOrDefault(known => joined.Contains(known.Id))?.Name;
    }

    /// <summary>Stands for the id of a group that is still to be made.</summary>
    public static string Placeholder(GroupName group) => $"{NewGroup}{group}";

    private static bool Means(string text, string entitlement) =>
        text == entitlement || MappingPeople.Literal(text) == entitlement;
}
