namespace FedSite.Federation.Plans;

/// <summary>Flavors.</summary>
internal sealed partial class Planner
{
    private void PlanFlavors() { }
}
