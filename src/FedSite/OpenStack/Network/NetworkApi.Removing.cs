namespace FedSite.OpenStack.Network;

public sealed partial class NetworkApi
{
    /// <summary>
    /// Gives a floating address back, also one that is in use. What is gone already is gone.
    /// https://docs.openstack.org/api-ref/network/v2/#delete-floating-ip
    /// </summary>
    public async Task DeleteFloatingIpAsync(string id, CancellationToken ct)
    {
        var scope = TokenScope.Configured;
        var url = Url(
            await _session.EndpointAsync(ServiceNames.Network, scope, ct),
            $"floatingips/{Uri.EscapeDataString(id)}"
        );
        try
        {
            (
                await _session.SendAsync(new CloudRequest(ServiceNames.Network, HttpMethod.Delete, url), scope, ct)
            ).Dispose();
        }
        catch (OpenStackException e) when (e is { Service: ServiceNames.Network, Status: 404 })
        {
            // An earlier try of this request did it, or somebody else.
        }
    }
}
