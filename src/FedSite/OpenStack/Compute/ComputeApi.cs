using System.Globalization;
using System.Runtime.CompilerServices;

namespace FedSite.OpenStack.Compute;

/// <summary>Nova.</summary>
public sealed partial class ComputeApi : IDisposable
{
    /// <summary>Nova cuts it to its own <c>max_limit</c> (default 1000).</summary>
    private const int PageSize = 1000;

    /// <summary>Requests at once for the extra specs of single flavors.</summary>
    private const int FlavorsAtOnce = 8;

    private static readonly IReadOnlyList<string> QuotaOrder =
    [
        "instances",
        "cores",
        "ram",
        "floating_ips",
        "fixed_ips",
        "metadata_items",
        "injected_files",
        "injected_file_content_bytes",
        "injected_file_path_bytes",
        "key_pairs",
        "security_groups",
        "security_group_rules",
        "server_groups",
        "server_group_members",
    ];

    private readonly CloudSession _session;
    private readonly ComputeVersions _versions;
    private readonly FlavorCache _flavors;

    internal ComputeApi(CloudSession session, ComputeVersions versions)
    {
        _session = session;
        _versions = versions;
        _flavors = new FlavorCache(session);
    }

    /// <summary>
    /// Servers of one project. Without <paramref name="changesSince"/>: those that live. With it: those changed since,
    /// deleted ones included, which a plain member sees in no other way.
    /// https://docs.openstack.org/api-ref/compute/#list-servers-detailed
    /// </summary>
    public async IAsyncEnumerable<Listed<Server>> ListServersAsync(
        string projectId,
        DateTimeOffset? changesSince,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var scope = TokenScope.Project(projectId);
        var version = await NegotiateVersionAsync(scope, ct);
        var since = changesSince is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"&changes-since={time.UtcDateTime:yyyy-MM-ddTHH:mm:ss}Z")
            : "";
        var url = new Uri($"{await BaseAsync(scope, ct)}/servers/detail?limit={PageSize}{since}");
        var list = new PagedList(ServiceNames.Compute, scope, url, "servers") { Headers = version.Headers };
        await foreach (var listed in _session.ListAsync<Server>(list, ServerReader.Read, ct))
        {
            yield return await CompleteAsync(listed, scope, version, ct);
        }
    }

    /// <summary>Living servers of one project, by the right to see those of all projects.</summary>
    /// <exception cref="FedSiteException">Nova does not take the account for an administrator.</exception>
    public async IAsyncEnumerable<Listed<Server>> ListServersAsAdminAsync(
        string projectId,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var scope = TokenScope.Configured;
        var version = await NegotiateVersionAsync(scope, ct);
        var query = $"limit={PageSize}&all_tenants=1&project_id={Uri.EscapeDataString(projectId)}";
        var url = new Uri($"{await BaseAsync(scope, ct)}/servers/detail?{query}");
        var list = new PagedList(ServiceNames.Compute, scope, url, "servers") { Headers = version.Headers };
        await foreach (var listed in _session.ListAsync<Server>(list, ServerReader.Read, ct))
        {
            yield return AdminLists.Owned(listed, one => one.TenantId, ServiceNames.Compute, projectId);
        }
    }

    /// <summary>
    /// Flavors that a project may use; before microversion 2.61 without their extra specs.
    /// https://docs.openstack.org/api-ref/compute/#list-flavors-with-details
    /// </summary>
    public async IAsyncEnumerable<Listed<ListedFlavor>> ListFlavorsAsync(
        string projectId,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var scope = TokenScope.Project(projectId);
        var version = await NegotiateVersionAsync(scope, ct);
        var url = new Uri($"{await BaseAsync(scope, ct)}/flavors/detail?limit={PageSize}");
        var list = new PagedList(ServiceNames.Compute, scope, url, "flavors") { Headers = version.Headers };
        await foreach (var listed in _session.ListAsync(list, ComputeJson.Default.ListedFlavor, ct))
        {
            yield return listed;
        }
    }

    /// <summary>
    /// The site's flavors: for an admin all of them, private ones of all projects included; for others as
    /// <see cref="ListFlavorIdsAsync"/>. Before microversion 2.61 the list has no extra specs, so that each flavor costs a
    /// request of its own.
    /// https://docs.openstack.org/api-ref/compute/#list-flavors-with-details
    /// </summary>
    public IAsyncEnumerable<Listed<ListedFlavor>> ListAllFlavorsAsync(string projectId, CancellationToken ct) =>
        ListDetailedAsync(TokenScope.Project(projectId), "&is_public=None", ct);

    /// <summary>As <see cref="ListAllFlavorsAsync"/>, but for an admin too only those that the project may use.</summary>
    public IAsyncEnumerable<Listed<ListedFlavor>> ListUsableFlavorsAsync(string projectId, CancellationToken ct) =>
        ListDetailedAsync(TokenScope.Project(projectId), filter: "", ct);

    private async IAsyncEnumerable<Listed<ListedFlavor>> ListDetailedAsync(
        TokenScope scope,
        string filter,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var version = await NegotiateVersionAsync(scope, ct);
        var baseUrl = await BaseAsync(scope, ct);
        var url = new Uri($"{baseUrl}/flavors/detail?limit={PageSize}{filter}");
        var list = new PagedList(ServiceNames.Compute, scope, url, "flavors") { Headers = version.Headers };
        var page = new List<Listed<ListedFlavor>>();
        await foreach (var listed in _session.ListAsync(list, ComputeJson.Default.ListedFlavor, ct))
        {
            if (version.ListsExtraSpecs)
            {
                yield return listed;
                continue;
            }
            page.Add(listed);
            if (listed.EndsPage)
            {
                foreach (var completed in await AddExtraSpecsAsync(page, baseUrl, scope, version, ct))
                {
                    yield return completed;
                }
                page.Clear();
            }
        }
    }

    /// <summary>
    /// Ids of the flavors that a project may use: public ones, and private ones that it was given access to.
    /// https://docs.openstack.org/api-ref/compute/#list-flavors
    /// </summary>
    public async Task<IReadOnlyList<string>> ListFlavorIdsAsync(string projectId, CancellationToken ct)
    {
        var scope = TokenScope.Project(projectId);
        var version = await NegotiateVersionAsync(scope, ct);
        var url = new Uri($"{await BaseAsync(scope, ct)}/flavors?limit={PageSize}");
        var list = new PagedList(ServiceNames.Compute, scope, url, "flavors") { Headers = version.Headers };
        var ids = new List<string>();
        await foreach (var listed in _session.ListAsync(list, ComputeJson.Default.BriefFlavor, ct))
        {
            if (listed.Item is { } flavor)
            {
                ids.Add(flavor.Id);
            }
        }
        return ids;
    }

    /// <summary>
    /// Quotas of a project and their use, by Nova's names. Asked for with microversion 2.1, as later ones leave out
    /// <c>floating_ips</c>, <c>injected_files</c> and others.
    /// https://docs.openstack.org/api-ref/compute/#show-the-detail-of-quota
    /// </summary>
    /// <returns>In a fixed order: <c>instances</c>, <c>cores</c>, <c>ram</c>, …; names that are not known here come last.</returns>
    public async Task<IReadOnlyDictionary<string, QuotaUse>> GetQuotaAsync(string projectId, CancellationToken ct)
    {
        var scope = TokenScope.Project(projectId);
        var url = new Uri($"{await BaseAsync(scope, ct)}/os-quota-sets/{Uri.EscapeDataString(projectId)}/detail");
        var headers = Microversion.First.Headers;
        var body = await _session.GetAsync(
            ServiceNames.Compute,
            scope,
            url,
            QuotaJson.Default.QuotaSetBody,
            ct,
            headers
        );
        return QuotaReader.Read(body.Quotas, QuotaOrder);
    }

    /// <summary>The microversion that requests are made with.</summary>
    /// <returns>For instance <c>2.93</c>.</returns>
    /// <exception cref="OpenStackException">Nova is older than Mitaka.</exception>
    public async Task<string> NegotiateAsync(string projectId, CancellationToken ct) =>
        (await NegotiateVersionAsync(TokenScope.Project(projectId), ct)).ToString();

    /// <summary>The newest microversion that Nova speaks, whether or not it is understood here.</summary>
    /// <returns>For instance <c>2.100</c>.</returns>
    /// <exception cref="OpenStackException">Nova is older than Mitaka.</exception>
    public async Task<string> NewestVersionAsync(string projectId, CancellationToken ct) =>
        (await VersionsAsync(TokenScope.Project(projectId), ct)).Newest.ToString();

    public void Dispose() => _flavors.Dispose();

    private async ValueTask<Listed<Server>> CompleteAsync(
        Listed<Server> listed,
        TokenScope scope,
        Microversion version,
        CancellationToken ct
    )
    {
        if (listed.Item is not { } server)
        {
            return listed;
        }
        if (server.Updated == default)
        {
            // From 2.69 on: https://docs.openstack.org/api-guide/compute/down_cells.html
            return listed with
            {
                Item = null,
                Fault = $"its cell is down: Nova knows no more of server {server.Id} than its project and creation",
                Passing = true,
            };
        }
        if (version.EmbedsFlavor || server.Flavor?.Id is not { } flavorId)
        {
            return listed;
        }
        var flavor = await _flavors.GetAsync(await BaseAsync(scope, ct), flavorId, scope, version, ct);
        return listed with { Item = server with { Flavor = flavor } };
    }

    private async Task<IReadOnlyList<Listed<ListedFlavor>>> AddExtraSpecsAsync(
        IReadOnlyList<Listed<ListedFlavor>> page,
        string baseUrl,
        TokenScope scope,
        Microversion version,
        CancellationToken ct
    )
    {
        var completed = page.ToArray();
        var options = new ParallelOptions { MaxDegreeOfParallelism = FlavorsAtOnce, CancellationToken = ct };
        await Parallel.ForAsync(
            0,
            completed.Length,
            options,
            async (i, cancel) =>
            {
                if (completed[i].Item is { } flavor)
                {
                    var url = $"{baseUrl}/flavors/{Uri.EscapeDataString(flavor.Id)}";
                    var specs = await _flavors.AskExtraSpecsAsync(url, scope, version, cancel);
                    completed[i] = completed[i] with { Item = flavor with { ExtraSpecs = specs } };
                }
            }
        );
        return completed;
    }

    private async Task<Microversion> NegotiateVersionAsync(TokenScope scope, CancellationToken ct) =>
        (await VersionsAsync(scope, ct)).Used;

    private Task<SpokenVersions> VersionsAsync(TokenScope scope, CancellationToken ct) =>
        _versions.GetAsync(_session, scope, ct);

    private async Task<string> BaseAsync(TokenScope scope, CancellationToken ct) =>
        ComputeUrls.Base(await _session.EndpointAsync(ServiceNames.Compute, scope, ct));
}
