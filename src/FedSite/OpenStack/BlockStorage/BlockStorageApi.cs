using System.Runtime.CompilerServices;

namespace FedSite.OpenStack.BlockStorage;

/// <summary>Cinder.</summary>
public sealed partial class BlockStorageApi
{
    /// <summary>Cinder cuts it to its own <c>osapi_max_limit</c> (default 1000).</summary>
    private const int PageSize = 1000;

    private static readonly IReadOnlyList<string> QuotaOrder =
    [
        "volumes",
        "gigabytes",
        "snapshots",
        "per_volume_gigabytes",
        "backups",
        "backup_gigabytes",
        "groups",
    ];

    private readonly CloudSession _session;

    internal BlockStorageApi(CloudSession session) => _session = session;

    /// <summary>
    /// Volumes of one project; never deleted ones, which Cinder shows to nobody.
    /// https://docs.openstack.org/api-ref/block-storage/v3/#list-accessible-volumes-with-details
    /// </summary>
    public async IAsyncEnumerable<Listed<Volume>> ListVolumesAsync(
        string projectId,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var scope = TokenScope.Project(projectId);
        var root = Base(await _session.EndpointAsync(ServiceNames.BlockStorage, scope, ct), projectId);
        var url = new Uri($"{root}/volumes/detail?limit={PageSize}");
        var list = new PagedList(ServiceNames.BlockStorage, scope, url, "volumes");
        await foreach (var listed in _session.ListAsync(list, BlockStorageJson.Default.Volume, ct))
        {
            yield return listed;
        }
    }

    /// <summary>Volumes of one project, by the right to see those of all projects; the account needs a project's scope.</summary>
    /// <exception cref="FedSiteException">Cinder does not take the account for an administrator.</exception>
    public async IAsyncEnumerable<Listed<Volume>> ListVolumesAsAdminAsync(
        string projectId,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        await AdminLists.ProveAsync(ServiceNames.BlockStorage, () => GetQuotaAsAdminAsync(projectId, ct));
        var scope = TokenScope.Configured;
        var own = (await _session.GetTokenAsync(scope, ct)).Document.Project?.Id;
        var endpoint = await _session.EndpointAsync(ServiceNames.BlockStorage, scope, ct);
        var query = $"limit={PageSize}&all_tenants=1&project_id={Uri.EscapeDataString(projectId)}";
        var url = new Uri($"{Base(endpoint, own ?? projectId)}/volumes/detail?{query}");
        var list = new PagedList(ServiceNames.BlockStorage, scope, url, "volumes");
        await foreach (var listed in _session.ListAsync(list, BlockStorageJson.Default.Volume, ct))
        {
            yield return AdminLists.Owned(listed, one => one.ProjectId, ServiceNames.BlockStorage, projectId);
        }
    }

    /// <summary>
    /// Quotas of a project and their use, by Cinder's names; those of a volume type are <c>gigabytes_TYPE</c> and so on.
    /// https://docs.openstack.org/api-ref/block-storage/v3/#show-quota-usage-for-a-project
    /// </summary>
    public async Task<IReadOnlyDictionary<string, QuotaUse>> GetQuotaAsync(string projectId, CancellationToken ct)
    {
        var scope = TokenScope.Project(projectId);
        var root = Base(await _session.EndpointAsync(ServiceNames.BlockStorage, scope, ct), projectId);
        var url = new Uri($"{root}/os-quota-sets/{Uri.EscapeDataString(projectId)}?usage=True");
        var body = await _session.GetAsync(ServiceNames.BlockStorage, scope, url, QuotaJson.Default.QuotaSetBody, ct);
        return QuotaReader.Read(body.Quotas, QuotaOrder);
    }

    /// <summary>
    /// Volume types that a project may use: public ones, and private ones that it was given access to.
    /// https://docs.openstack.org/api-ref/block-storage/v3/#list-all-volume-types
    /// </summary>
    public async Task<IReadOnlyList<VolumeType>> ListVolumeTypesAsync(string projectId, CancellationToken ct)
    {
        var scope = TokenScope.Project(projectId);
        var root = Base(await _session.EndpointAsync(ServiceNames.BlockStorage, scope, ct), projectId);
        var list = new PagedList(
            ServiceNames.BlockStorage,
            scope,
            new Uri($"{root}/types?limit={PageSize}"),
            "volume_types"
        );
        var types = new List<VolumeType>();
        await foreach (var listed in _session.ListAsync(list, BlockStorageJson.Default.VolumeType, ct))
        {
            if (listed.Item is { } type)
            {
                types.Add(type);
            }
        }
        return types;
    }

    /// <summary>
    /// Catalogs name Cinder as <c>/v3/PROJECT</c> or, from microversion 3.67 on, as <c>/v3</c>; every release takes the
    /// project.
    /// </summary>
    internal static string Base(Uri endpoint, string projectId)
    {
        var url = endpoint.AbsoluteUri.TrimEnd('/');
        return url.EndsWith("/v3", StringComparison.Ordinal) ? $"{url}/{Uri.EscapeDataString(projectId)}" : url;
    }
}
