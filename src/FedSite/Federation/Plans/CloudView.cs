using FedSite.Federation.Plans.Flavors;
using FedSite.Federation.Plans.Networks;
using FedSite.Federation.Plans.Quotas;
using FedSite.OpenStack;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.Plans;

/// <summary>What the cloud has of all that a plan may touch, read in one pass.</summary>
internal sealed record CloudView
{
    public required IReadOnlyList<Domain> Domains { get; init; }
    public required IReadOnlyList<IdentityProvider> IdentityProviders { get; init; }

    /// <summary>By id.</summary>
    public required IReadOnlyDictionary<string, StoredMapping> Mappings { get; init; }

    /// <summary>By id of the identity provider and of the protocol.</summary>
    public required IReadOnlyDictionary<(string Idp, string Protocol), FederationProtocol> Protocols { get; init; }

    public required IReadOnlyList<Role> Roles { get; init; }

    /// <summary>Groups of the domains that matter, and those that the mappings name.</summary>
    public required IReadOnlyList<Group> Groups { get; init; }

    /// <summary>By <c>ProjectRef.ToString()</c>: the projects that it may mean.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<Project>> Projects { get; init; }

    /// <summary>The accounting user; null: not asked for, or there is none.</summary>
    public required User? AccountingUser { get; init; }

    /// <summary>Grants of the groups that matter and of the accounting user.</summary>
    public required IReadOnlySet<Grant> Grants { get; init; }

    public QuotaView Quotas { get; init; } = QuotaView.Empty;
    public NetworkView Networks { get; init; } = NetworkView.Empty;
    public FlavorView Flavors { get; init; } = FlavorView.Empty;

    /// <summary>What could not be read of these, and why; the rest of them is without it.</summary>
    public IReadOnlyDictionary<Term, OpenStackException> Unread { get; init; } =
        new Dictionary<Term, OpenStackException>();

    public Domain? DomainNamed(string name) =>
        Domains.FirstOrDefault(domain => string.Equals(domain.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Named by its name or by its id.</summary>
    public Domain? DomainOf(string nameOrId) =>
        DomainNamed(nameOrId) ?? Domains.FirstOrDefault(domain => domain.Id == nameOrId);

    public Role? RoleNamed(string name) =>
        Roles.FirstOrDefault(role =>
            role.DomainId is null && string.Equals(role.Name, name, StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>How a group is called, wherever it is known from.</summary>
    public string NameOfGroup(string id) =>
        Groups.FirstOrDefault(group => group.Id == id) is { } found ? found.Name : $"with the id {id}";
}
