using FedSite.OpenStack;

namespace FedSite.Federation.Plans.Flavors;

/// <summary>Reads what a plan of flavors needs.</summary>
internal static class FlavorReading
{
    /// <param name="request">What is planned.</param>
    /// <param name="view">What Keystone has; projects above all.</param>
    /// <param name="cloud">With an account of strong rights.</param>
    /// <param name="ct">Ends the work.</param>
    public static Task<FlavorView> ReadAsync(
        PlanRequest request,
        CloudView view,
        OpenStackCloud cloud,
        CancellationToken ct
    )
    {
        _ = (request, view, cloud, ct);
        return Task.FromResult(FlavorView.Empty);
    }
}
