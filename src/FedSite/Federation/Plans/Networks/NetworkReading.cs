using FedSite.OpenStack;

namespace FedSite.Federation.Plans.Networks;

/// <summary>Reads what a plan of networks needs.</summary>
internal static class NetworkReading
{
    /// <param name="request">What is planned.</param>
    /// <param name="view">What Keystone has; projects above all.</param>
    /// <param name="cloud">With an account of strong rights.</param>
    /// <param name="ct">Ends the work.</param>
    public static Task<NetworkView> ReadAsync(
        PlanRequest request,
        CloudView view,
        OpenStackCloud cloud,
        CancellationToken ct
    )
    {
        _ = (request, view, cloud, ct);
        return Task.FromResult(NetworkView.Empty);
    }
}
