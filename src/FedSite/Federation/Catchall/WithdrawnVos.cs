using FedSite.Configuration;

namespace FedSite.Federation.Catchall;

/// <summary>VOs of <c>site.yaml</c> that are retiring, from the stage on in which the central operations forget them.</summary>
internal static class WithdrawnVos
{
    /// <summary>By name. None yet: nothing says that a VO is retiring.</summary>
    public static IReadOnlySet<string> Of(SiteConfig config) => new HashSet<string>();
}
