using System.Runtime.CompilerServices;

namespace FedSite.OpenStack.BlockStorage;

/// <remarks>By the right to do it in all projects; the account needs a project's scope.</remarks>
public sealed partial class BlockStorageApi
{
    /// <summary>Snapshots of one project's volumes.</summary>
    /// <exception cref="FedSiteException">Cinder does not take the account for an administrator.</exception>
    public async IAsyncEnumerable<Listed<VolumeSnapshot>> ListSnapshotsAsAdminAsync(
        string projectId,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        await AdminLists.ProveAsync(ServiceNames.BlockStorage, () => GetQuotaAsAdminAsync(projectId, ct));
        var query = $"limit={PageSize}&all_tenants=1&project_id={Uri.EscapeDataString(projectId)}";
        var url = await AdminUrlAsync($"snapshots/detail?{query}", ct);
        var list = new PagedList(ServiceNames.BlockStorage, TokenScope.Configured, url, "snapshots");
        await foreach (var listed in _session.ListAsync(list, BlockStorageJson.Default.VolumeSnapshot, ct))
        {
            yield return AdminLists.Owned(listed, one => one.ProjectId, ServiceNames.BlockStorage, projectId);
        }
    }

    /// <summary>
    /// Has a volume deleted; it takes a while. What is gone already is gone.
    /// https://docs.openstack.org/api-ref/block-storage/v3/#delete-a-volume
    /// </summary>
    /// <exception cref="OpenStackException">It stays. Status 400: it is in use, or has snapshots.</exception>
    public Task DeleteVolumeAsync(string id, CancellationToken ct) => DeleteAsync("volumes", id, ct);

    /// <summary>
    /// Has a snapshot deleted; it takes a while. What is gone already is gone.
    /// https://docs.openstack.org/api-ref/block-storage/v3/#delete-a-snapshot
    /// </summary>
    /// <exception cref="OpenStackException">It stays. Status 400: its state does not allow it.</exception>
    public Task DeleteSnapshotAsync(string id, CancellationToken ct) => DeleteAsync("snapshots", id, ct);

    private async Task DeleteAsync(string collection, string id, CancellationToken ct)
    {
        var url = await AdminUrlAsync($"{collection}/{Uri.EscapeDataString(id)}", ct);
        var request = new CloudRequest(ServiceNames.BlockStorage, HttpMethod.Delete, url);
        try
        {
            (await _session.SendAsync(request, TokenScope.Configured, ct)).Dispose();
        }
        catch (OpenStackException e) when (e is { Service: ServiceNames.BlockStorage, Status: 404 })
        {
            // An earlier try of this request did it, or somebody else.
        }
    }

    private async Task<Uri> AdminUrlAsync(string rest, CancellationToken ct)
    {
        var own = (await _session.GetTokenAsync(TokenScope.Configured, ct)).Document.Project?.Id;
        var endpoint = await _session.EndpointAsync(ServiceNames.BlockStorage, TokenScope.Configured, ct);
        // Without a project of its own Cinder takes no account; the request is refused and says so.
        return new Uri($"{Base(endpoint, own ?? "none")}/{rest}");
    }
}
