using FedSite.Federation.Retirement;
using FedSite.OpenStack;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.Plans;

/// <summary>What the work of a change has at hand.</summary>
internal sealed record ApplyContext(
    OpenStackCloud Cloud,
    FederationStore Store,
    RetirementStore Retirements,
    IdBook Ids
)
{
    public IdentityApi Identity => Cloud.Identity;

    /// <summary>An object is as it should be, and is kept so from now on.</summary>
    public void Remember(string kind, string name, string id)
    {
        Ids.Set(kind, name, id);
        Store.Remember(new ManagedObject(kind, name, id, Adopted: false));
    }

    /// <summary>The service took the request, yet the object is not as it should be.</summary>
    public static FedSiteException WithoutEffect(string kind, string name, string seen, string service = "Keystone") =>
        new(
            $"{service} took the change of {kind} {name}, but it had no effect: {seen}.",
            "Something stands between, or changes it back: another program, a read-only back end (LDAP), a cache. "
                + "`fedsite plan` shows what is left."
        );
}
