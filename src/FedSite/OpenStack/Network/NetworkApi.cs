using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;

namespace FedSite.OpenStack.Network;

/// <summary>Neutron.</summary>
public sealed partial class NetworkApi
{
    private const int PageSize = 1000;

    private readonly CloudSession _session;

    internal NetworkApi(CloudSession session) => _session = session;

    /// <summary>
    /// Floating addresses of one project, in use or not. The filter matters: an admin sees those of all projects.
    /// https://docs.openstack.org/api-ref/network/v2/#list-floating-ips
    /// </summary>
    public IAsyncEnumerable<Listed<FloatingIp>> ListFloatingIpsAsync(string projectId, CancellationToken ct) =>
        ListAsync(
            projectId,
            "floatingips",
            $"&project_id={Uri.EscapeDataString(projectId)}",
            NetworkJson.Default.FloatingIp,
            ct
        );

    /// <summary>
    /// Ports of one project. https://docs.openstack.org/api-ref/network/v2/#list-ports
    /// </summary>
    public IAsyncEnumerable<Listed<Port>> ListPortsAsync(string projectId, CancellationToken ct) =>
        ListAsync(projectId, "ports", $"&project_id={Uri.EscapeDataString(projectId)}", NetworkJson.Default.Port, ct);

    /// <summary>
    /// Networks that a project sees: its own, shared and external ones; an admin sees all.
    /// https://docs.openstack.org/api-ref/network/v2/#list-networks
    /// </summary>
    public IAsyncEnumerable<Listed<CloudNetwork>> ListNetworksAsync(string projectId, CancellationToken ct) =>
        ListAsync(
            projectId,
            "networks",
            "&fields=id&fields=project_id&fields=router:external",
            NetworkJson.Default.CloudNetwork,
            ct
        );

    /// <summary>
    /// Networks that lead out of the cloud and that a project sees, by id and name: where its floating addresses may come
    /// from. https://docs.openstack.org/api-ref/network/v2/#list-networks
    /// </summary>
    public IAsyncEnumerable<Listed<CloudNetwork>> ListExternalNetworksAsync(string projectId, CancellationToken ct) =>
        ListAsync(
            projectId,
            "networks",
            "&router:external=true&fields=id&fields=name&fields=project_id&fields=router:external",
            NetworkJson.Default.CloudNetwork,
            ct
        );

    /// <summary>
    /// Quotas of a project and their use, by Neutron's names.
    /// https://docs.openstack.org/api-ref/network/v2/#show-quota-details-for-a-tenant
    /// </summary>
    public async Task<IReadOnlyDictionary<string, QuotaUse>> GetQuotaAsync(string projectId, CancellationToken ct)
    {
        var scope = TokenScope.Project(projectId);
        var endpoint = await _session.EndpointAsync(ServiceNames.Network, scope, ct);
        var url = Url(endpoint, $"quotas/{Uri.EscapeDataString(projectId)}/details.json");
        var body = await _session.GetAsync(ServiceNames.Network, scope, url, QuotaJson.Default.QuotaBody, ct);
        return QuotaReader.Read(body.Quotas, order: []);
    }

    private async IAsyncEnumerable<Listed<T>> ListAsync<T>(
        string projectId,
        string collection,
        string filter,
        JsonTypeInfo<T> type,
        [EnumeratorCancellation] CancellationToken ct
    )
        where T : class
    {
        var scope = TokenScope.Project(projectId);
        var endpoint = await _session.EndpointAsync(ServiceNames.Network, scope, ct);
        var url = Url(endpoint, $"{collection}?limit={PageSize}{filter}");
        await foreach (
            var listed in _session.ListAsync(new PagedList(ServiceNames.Network, scope, url, collection), type, ct)
        )
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
