using System.Globalization;
using System.Runtime.CompilerServices;

namespace FedSite.OpenStack.Compute;

/// <summary>Nova.</summary>
public sealed class ComputeApi : IDisposable
{
    /// <summary>Nova cuts it to its own <c>max_limit</c> (default 1000).</summary>
    private const int PageSize = 1000;

    private readonly CloudSession _session;
    private readonly SemaphoreSlim _negotiating = new(1, 1);
    private readonly FlavorCache _flavors;
    private Microversion? _microversion;

    internal ComputeApi(CloudSession session)
    {
        _session = session;
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
            yield return listed;
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

    /// <summary>The microversion that requests are made with.</summary>
    /// <returns>For instance <c>2.93</c>.</returns>
    /// <exception cref="OpenStackException">Nova is older than Mitaka.</exception>
    public async Task<string> NegotiateAsync(string projectId, CancellationToken ct) =>
        (await NegotiateVersionAsync(TokenScope.Project(projectId), ct)).ToString();

    public void Dispose()
    {
        _negotiating.Dispose();
        _flavors.Dispose();
    }

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

    private async Task<Microversion> NegotiateVersionAsync(TokenScope scope, CancellationToken ct)
    {
        await _negotiating.WaitAsync(ct);
        try
        {
            return _microversion ??= await AskVersionAsync(scope, ct);
        }
        finally
        {
            _negotiating.Release();
        }
    }

    private async Task<Microversion> AskVersionAsync(TokenScope scope, CancellationToken ct)
    {
        var url = ComputeUrls.VersionDocument(await _session.EndpointAsync(ServiceNames.Compute, scope, ct));
        var body = await _session.GetAsync(ServiceNames.Compute, scope, url, ComputeJson.Default.VersionBody, ct);
        var newest = Microversion.Parse(body.Version.Newest) ?? new Microversion(0);
        var oldest = Microversion.Parse(body.Version.Oldest) ?? new Microversion(0);
        if (newest.Minor < Microversion.Oldest.Minor || oldest.Minor > Microversion.Newest.Minor)
        {
            throw new OpenStackException(
                $"Nova at {url} speaks microversions {oldest} to {newest}; {Microversion.Oldest} (Mitaka) to"
                    + $" {Microversion.Newest} are understood",
                "Upgrade the cloud, or this program.",
                ServiceNames.Compute,
                url
            );
        }
        return newest.Minor < Microversion.Newest.Minor ? newest : Microversion.Newest;
    }

    private async Task<string> BaseAsync(TokenScope scope, CancellationToken ct) =>
        ComputeUrls.Base(await _session.EndpointAsync(ServiceNames.Compute, scope, ct));
}
