using System.Text.Json.Nodes;

namespace FedSite.Federation.Plans;

/// <summary>Groups by the ways in which a mapping may call them.</summary>
internal sealed class GroupBook(PlanRequest request, CloudView view)
{
    /// <summary>The id of a group that is given as in a mapping; a name where there is no such group.</summary>
    public string IdOf(JsonObject group)
    {
        if (group["id"] is { } id)
            return id.ToString();
        var name = group["name"]?.ToString() ?? "";
        var domain = group["domain"] as JsonObject;
        var domainId = domain?["id"]?.ToString() ?? view.DomainNamed(domain?["name"]?.ToString() ?? "")?.Id;
        return
            view.Groups.FirstOrDefault(known =>
                known.DomainId == domainId && string.Equals(known.Name, name, StringComparison.OrdinalIgnoreCase)
            )
                is { } found
            ? found.Id
            : name;
    }

    /// <summary>For people.</summary>
    public string NameOf(string idOrName) =>
        idOrName.StartsWith(NewGroup, StringComparison.Ordinal) ? idOrName[NewGroup.Length..]
        : view.Groups.FirstOrDefault(group => group.Id == idOrName) is { } found ? found.Name
        : idOrName;

    /// <summary>The VO that an entitlement, or else a group, belongs to; null: not known.</summary>
    public string? VoOf(string? entitlement, string group) =>
        request.Vos.FirstOrDefault(vo =>
            vo.Entitlements.Any(text => entitlement is not null && Means(entitlement, text))
        )
            is { } vo
            ? vo.Name
        : request.Vos.FirstOrDefault(vo => CloudReader.FindGroup(request, view, vo.Group)?.Id == group) is { } owner
            ? owner.Name
        : view.Groups.FirstOrDefault(known => known.Id == group)?.Name;

    /// <summary>Stands for the id of a group that is still to be made.</summary>
    public static string Placeholder(GroupName group) => $"{NewGroup}{group}";

    private const string NewGroup = "new:";

    private static bool Means(string text, string entitlement) =>
        text == entitlement || MappingPeople.Literal(text) == entitlement;
}
