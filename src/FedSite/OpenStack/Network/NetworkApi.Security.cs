using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;

namespace FedSite.OpenStack.Network;

public sealed partial class NetworkApi
{
    private const string SecuredFields =
        "&fields=id&fields=project_id&fields=device_id&fields=device_owner&fields=security_groups"
        + "&fields=port_security_enabled&fields=allowed_address_pairs&fields=trunk_details";

    /// <summary>
    /// Security groups of all projects with their rules, by the right to see them.
    /// https://docs.openstack.org/api-ref/network/v2/#list-security-groups
    /// </summary>
    public IAsyncEnumerable<Listed<SecurityGroup>> ListSecurityGroupsAsAdminAsync(CancellationToken ct) =>
        ListAsAdminAsync(
            "security-groups",
            "security_groups",
            "&fields=id&fields=name&fields=project_id&fields=security_group_rules",
            NetworkJson.Default.SecurityGroup,
            ct
        );

    /// <summary>
    /// Address groups of all projects, by the right to see them. Since Wallaby.
    /// https://docs.openstack.org/api-ref/network/v2/#list-address-groups
    /// </summary>
    public IAsyncEnumerable<Listed<AddressGroup>> ListAddressGroupsAsAdminAsync(CancellationToken ct) =>
        ListAsAdminAsync(
            "address-groups",
            "address_groups",
            "&fields=id&fields=addresses",
            NetworkJson.Default.AddressGroup,
            ct
        );

    /// <summary>
    /// Ports and the security groups that guard them, by the right to see those of all projects.
    /// https://docs.openstack.org/api-ref/network/v2/#list-ports
    /// </summary>
    /// <param name="projectId">Only this project's; null: all.</param>
    /// <param name="ct">Ends the work.</param>
    public IAsyncEnumerable<Listed<SecuredPort>> ListPortsAsAdminAsync(string? projectId, CancellationToken ct) =>
        ListAsAdminAsync(
            "ports",
            "ports",
            SecuredFields + ProjectFilter(projectId),
            NetworkJson.Default.SecuredPort,
            ct
        );

    /// <summary>Those ports of these that are still there, of whatever project.</summary>
    /// <param name="ids">So many as a URL can hold: a hundred.</param>
    /// <param name="ct">Ends the work.</param>
    public IAsyncEnumerable<Listed<SecuredPort>> ListPortsAsAdminAsync(
        IReadOnlyCollection<string> ids,
        CancellationToken ct
    ) =>
        ListAsAdminAsync(
            "ports",
            "ports",
            SecuredFields + string.Concat(ids.Select(id => $"&id={Uri.EscapeDataString(id)}")),
            NetworkJson.Default.SecuredPort,
            ct
        );

    /// <summary>
    /// Floating addresses, in use or not, by the right to see those of all projects.
    /// https://docs.openstack.org/api-ref/network/v2/#list-floating-ips
    /// </summary>
    /// <param name="projectId">Only this project's; null: all.</param>
    /// <param name="ct">Ends the work.</param>
    /// <exception cref="FedSiteException">Neutron does not take the account for an administrator.</exception>
    public IAsyncEnumerable<Listed<FloatingIp>> ListFloatingIpsAsAdminAsync(string? projectId, CancellationToken ct) =>
        ListAsAdminAsync("floatingips", "floatingips", ProjectFilter(projectId), NetworkJson.Default.FloatingIp, ct)
            .Select(listed =>
                projectId is null
                    ? listed
                    : AdminLists.Owned(listed, one => one.ProjectId, ServiceNames.Network, projectId)
            );

    private static string ProjectFilter(string? id) => id is null ? "" : $"&project_id={Uri.EscapeDataString(id)}";

    private async IAsyncEnumerable<Listed<T>> ListAsAdminAsync<T>(
        string path,
        string collection,
        string query,
        JsonTypeInfo<T> type,
        [EnumeratorCancellation] CancellationToken ct
    )
        where T : class
    {
        await AdminLists.ProveAsync(ServiceNames.Network, () => GetQuotaAsAdminAsync(AdminLists.Nobodys, ct));
        var scope = TokenScope.Configured;
        var endpoint = await _session.EndpointAsync(ServiceNames.Network, scope, ct);
        var url = Url(endpoint, $"{path}?limit={PageSize}{query}");
        var list = new PagedList(ServiceNames.Network, scope, url, collection);
        await foreach (var listed in _session.ListAsync(list, type, ct))
        {
            yield return listed;
        }
    }
}
