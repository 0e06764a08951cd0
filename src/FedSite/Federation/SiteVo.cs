using FedSite.Configuration;
using FedSite.Federation.Retirement;

namespace FedSite.Federation;

/// <summary>A group in Keystone by name.</summary>
public sealed record GroupName(string Name, string Domain)
{
    public override string ToString() => $"{Name}@{Domain}";
}

/// <summary>A VO of the site, with what is known of its entitlements.</summary>
public sealed record SiteVo
{
    public required string Name { get; init; }

    /// <summary><c>apply</c> makes and keeps its objects; otherwise it is only read.</summary>
    public required bool IsManaged { get; init; }

    /// <summary>Those that a token may bring; the VO is mapped by these.</summary>
    public required IReadOnlyList<string> Entitlements { get; init; }

    /// <summary>Where they come from: <c>site.yaml</c>, <c>imported table</c>, or <c>unknown</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Those of the imported table that no token can bring, each with the reason.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    public required GroupName Group { get; init; }

    public required IReadOnlyList<ProjectRef> Projects { get; init; }

    /// <summary>Names of private flavors that its projects may use.</summary>
    public IReadOnlyList<string> Flavors { get; init; } = [];

    /// <summary>How far it is on its way out; null: it stays.</summary>
    public RetirementStage? Leaving { get; init; }

    /// <summary>Nobody is let in by it any more.</summary>
    public bool IsUnmapped => Leaving >= RetirementStage.Unmap;

    /// <summary>Its projects are closed, and stay so.</summary>
    public bool IsClosed => Leaving >= RetirementStage.Disable;

    /// <summary>The VOs of the file in its order.</summary>
    public static IReadOnlyList<SiteVo> Of(SiteConfig site, IReadOnlyDictionary<string, IReadOnlyList<string>> table) =>
        [.. site.Vos.Select(vo => Of(vo, site.Federation?.Domain ?? "egi.eu", table))];

    private static SiteVo Of(VoConfig vo, string domain, IReadOnlyDictionary<string, IReadOnlyList<string>> table)
    {
        var known = vo.Entitlements ?? table.GetValueOrDefault(vo.Name, []);
        return new SiteVo
        {
            Name = vo.Name,
            IsManaged =
                vo.Entitlements is not null || vo.Flavors.Count > 0 || vo.Projects.Any(project => project.IsManaged),
            Entitlements = [.. known.Where(text => Entitlement.Fault(text) is null).Distinct(StringComparer.Ordinal)],
            Source =
                vo.Entitlements is not null ? "site.yaml"
                : known.Count > 0 ? "imported table"
                : "unknown",
            Faults =
            [
                .. known
                    .Select(text => (Text: text, Fault: Entitlement.Fault(text)))
                    .Where(entry => entry.Fault is not null)
                    .Select(entry => $"`{entry.Text}`: {entry.Fault}"),
            ],
            Group = GroupOf(vo, domain),
            Projects = vo.Projects,
            Flavors = vo.Flavors,
        };
    }

    private static GroupName GroupOf(VoConfig vo, string domain)
    {
        if (vo.Group is not { } text)
            return new GroupName(vo.Name, domain);
        var at = text.LastIndexOf('@');
        return at > 0 && at < text.Length - 1
            ? new GroupName(text[..at], text[(at + 1)..])
            : new GroupName(text, domain);
    }
}
