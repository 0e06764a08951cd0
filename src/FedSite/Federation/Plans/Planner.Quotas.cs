namespace FedSite.Federation.Plans;

/// <summary>Quotas.</summary>
internal sealed partial class Planner
{
    private void PlanQuotas() { }
}
