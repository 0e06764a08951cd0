using FedSite.Configuration;
using FedSite.OpenStack;

namespace FedSite.Accounting;

/// <summary>What all projects of a run share.</summary>
/// <param name="Now">The run's time.</param>
/// <param name="IsManual">True when the window was given by hand.</param>
/// <param name="Remembers">False in a dry run: nothing is written down.</param>
internal sealed record RunSources(
    OpenStackCloud Cloud,
    AccountingConfig Config,
    UserDirectory Users,
    ImageDirectory Images,
    FlavorDirectory Flavors,
    RecordBuilder Builder,
    RecordSpooler Spooler,
    AccountingStore Store,
    DateTimeOffset Now,
    bool IsManual,
    bool Remembers,
    Action<QuarantinedObject> Quarantine,
    Action<string> SpecsHidden,
    Action Counted
)
{
    /// <summary>True: records are to be those of cASO 5.2.2.</summary>
    public bool LikeCaso => Config.Compat is AccountingConfig.Caso5;
}
