using System.Runtime.CompilerServices;

namespace FedSite.OpenStack.Compute;

public sealed partial class ComputeApi
{
    /// <summary>
    /// Living servers with what tells whose they are, newest first; by the right to see those of all projects. Those of a
    /// cell that is down have little more than id and project.
    /// https://docs.openstack.org/api-ref/compute/#list-servers-detailed
    /// </summary>
    /// <param name="projectId">Only this project's; null: all.</param>
    /// <param name="ct">Ends the work.</param>
    public async IAsyncEnumerable<Listed<OwnedServer>> ListOwnedServersAsync(
        string? projectId,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var scope = TokenScope.Configured;
        var version = await NegotiateVersionAsync(scope, ct);
        var filter = projectId is null ? "" : $"&project_id={Uri.EscapeDataString(projectId)}";
        var url = new Uri($"{await BaseAsync(scope, ct)}/servers/detail?limit={PageSize}&all_tenants=1{filter}");
        var list = new PagedList(ServiceNames.Compute, scope, url, "servers") { Headers = version.Headers };
        await foreach (var listed in _session.ListAsync(list, ComputeJson.Default.OwnedServer, ct))
        {
            yield return projectId is null
                ? listed
                : AdminLists.Owned(listed, one => one.ProjectId, ServiceNames.Compute, projectId);
        }
    }
}
