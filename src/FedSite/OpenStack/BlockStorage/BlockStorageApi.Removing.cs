using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

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
    /// Has a volume deleted; it takes a while. What is gone already, or going, is left to it.
    /// https://docs.openstack.org/api-ref/block-storage/v3/#delete-a-volume
    /// </summary>
    /// <param name="id">Of the volume.</param>
    /// <param name="failed">It could not be deleted before (<c>error_deleting</c>), which takes force.</param>
    /// <param name="ct">Ends the work.</param>
    /// <exception cref="OpenStackException">It stays. Status 400: it is in use, or has snapshots.</exception>
    public Task DeleteVolumeAsync(string id, bool failed, CancellationToken ct) =>
        DeleteAsync("volume", id, failed, ct);

    /// <summary>
    /// Has a snapshot deleted; it takes a while. What is gone already, or going, is left to it.
    /// https://docs.openstack.org/api-ref/block-storage/v3/#delete-a-snapshot
    /// </summary>
    /// <param name="id">Of the snapshot.</param>
    /// <param name="failed">It could not be deleted before (<c>error_deleting</c>), which takes force.</param>
    /// <param name="ct">Ends the work.</param>
    /// <exception cref="OpenStackException">It stays. Status 400: its state does not allow it.</exception>
    public Task DeleteSnapshotAsync(string id, bool failed, CancellationToken ct) =>
        DeleteAsync("snapshot", id, failed, ct);

    private async Task DeleteAsync(string kind, string id, bool failed, CancellationToken ct)
    {
        var url = await AdminUrlAsync($"{kind}s/{Uri.EscapeDataString(id)}", ct);
        var request = failed
            ? new CloudRequest(ServiceNames.BlockStorage, HttpMethod.Post, new Uri($"{url}/action"))
            {
                Body = """{"os-force_delete":{}}"""u8.ToArray(),
            }
            : new CloudRequest(ServiceNames.BlockStorage, HttpMethod.Delete, url);
        try
        {
            (await _session.SendAsync(request, TokenScope.Configured, ct)).Dispose();
        }
        catch (OpenStackException e) when (e is { Service: ServiceNames.BlockStorage, Status: 404 })
        {
            // An earlier try of this request did it, or somebody else.
        }
        catch (OpenStackException e) when (e is { Service: ServiceNames.BlockStorage, Status: 400 })
        {
            // Cinder refuses to delete once more what it is deleting.
            if (!await IsGoingAsync(kind, url, ct))
                throw;
        }
    }

    private async Task<bool> IsGoingAsync(string kind, Uri url, CancellationToken ct)
    {
        try
        {
            var type = BlockStorageJson.Default.DictionaryStringBlockThing;
            var body = await _session.GetAsync(ServiceNames.BlockStorage, TokenScope.Configured, url, type, ct);
            return body.GetValueOrDefault(kind)?.Status == "deleting";
        }
        catch (OpenStackException e) when (e is { Service: ServiceNames.BlockStorage, Status: 404 })
        {
            return true;
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

/// <summary>A volume or a snapshot, as far as both are alike.</summary>
internal sealed record BlockThing
{
    [JsonPropertyName("status")]
    public string? Status { get; init; }
}
