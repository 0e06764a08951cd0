namespace FedSite.Federation.Plans;

/// <summary>Networks.</summary>
internal sealed partial class Planner
{
    private void PlanNetworks() { }
}
