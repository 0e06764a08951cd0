namespace FedSite.OpenStack.Network;

/// <summary>Neutron.</summary>
public sealed class NetworkApi
{
    private const int PageSize = 1000;

    private readonly CloudSession _session;

    internal NetworkApi(CloudSession session) => _session = session;

    /// <summary>
    /// Floating addresses of one project, in use or not. The filter matters: an admin sees those of all projects.
    /// https://docs.openstack.org/api-ref/network/v2/#list-floating-ips
    /// </summary>
    public async IAsyncEnumerable<Listed<FloatingIp>> ListFloatingIpsAsync(
        string projectId,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        var scope = TokenScope.Project(projectId);
        var query = $"floatingips?limit={PageSize}&project_id={Uri.EscapeDataString(projectId)}";
        var url = Url(await _session.EndpointAsync(ServiceNames.Network, scope, ct), query);
        var list = new PagedList(ServiceNames.Network, scope, url, "floatingips");
        await foreach (var listed in _session.ListAsync(list, NetworkJson.Default.FloatingIp, ct))
        {
            yield return listed;
        }
    }

    /// <summary>The catalog's endpoint has mostly no version.</summary>
    private static Uri Url(Uri endpoint, string path)
    {
        var root = endpoint.AbsoluteUri.TrimEnd('/');
        return new Uri(root.EndsWith("/v2.0", StringComparison.Ordinal) ? $"{root}/{path}" : $"{root}/v2.0/{path}");
    }
}
