using FedSite.Configuration;
using FedSite.Federation.Retirement;
using FedSite.State;

namespace FedSite.Federation.Catchall;

/// <summary>VOs of <c>site.yaml</c> that are retiring, from the stage on in which the central operations forget them.</summary>
internal static class WithdrawnVos
{
    /// <summary>By name. Where there is no state yet, nobody has retired a VO: it is not made for that.</summary>
    public static IReadOnlySet<string> Of(SiteConfig config, TimeProvider time) =>
        config.State is { } folder && File.Exists(Path.Combine(folder, StateDatabase.FileName))
            ? RetirementStore.Withdrawn(config, StateDatabase.Open(folder), time)
            : new HashSet<string>();
}
