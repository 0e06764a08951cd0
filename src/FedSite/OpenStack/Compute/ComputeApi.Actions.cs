namespace FedSite.OpenStack.Compute;

/// <remarks>By the right to do it in all projects; a lock that somebody else put on a server does not stop an admin.</remarks>
public sealed partial class ComputeApi
{
    /// <summary>
    /// Asks a server to shut down; it takes a while. https://docs.openstack.org/api-ref/compute/#stop-server-os-stop-action
    /// </summary>
    /// <returns>
    /// False: it is gone, not on a host yet, or in a state in which it can't be stopped: stopped ones, those at rest otherwise,
    /// and those that Nova has a task for, as which being stopped counts.
    /// </returns>
    public Task<bool> StopServerAsync(string id, CancellationToken ct) => ActAsync(id, "os-stop", ct);

    /// <summary>https://docs.openstack.org/api-ref/compute/#start-server-os-start-action</summary>
    /// <returns>False: it is gone, or not stopped, or not yet.</returns>
    public Task<bool> StartServerAsync(string id, CancellationToken ct) => ActAsync(id, "os-start", ct);

    /// <summary>
    /// Has a server deleted, in whatever state; it takes a while. What is gone already is gone.
    /// https://docs.openstack.org/api-ref/compute/#delete-server
    /// </summary>
    public Task DeleteServerAsync(string id, CancellationToken ct) =>
        SendAsAdminAsync(HttpMethod.Delete, $"servers/{Uri.EscapeDataString(id)}", body: null, ct);

    private Task<bool> ActAsync(string id, string action, CancellationToken ct) =>
        SendAsAdminAsync(
            HttpMethod.Post,
            $"servers/{Uri.EscapeDataString(id)}/action",
            System.Text.Encoding.UTF8.GetBytes($$"""{"{{action}}":null}"""),
            ct
        );

    /// <returns>False: it is not there (404), or its state forbids it (409).</returns>
    private async Task<bool> SendAsAdminAsync(HttpMethod method, string path, byte[]? body, CancellationToken ct)
    {
        var scope = TokenScope.Configured;
        var version = await NegotiateVersionAsync(scope, ct);
        var request = new CloudRequest(ServiceNames.Compute, method, new Uri($"{await BaseAsync(scope, ct)}/{path}"))
        {
            Body = body,
            Headers = version.Headers,
        };
        try
        {
            (await _session.SendAsync(request, scope, ct)).Dispose();
            return true;
        }
        catch (OpenStackException e)
            when (e is { Service: ServiceNames.Compute, Status: 404 or 409 }
                && (e.Status == 404 || method != HttpMethod.Delete)
            )
        {
            return false;
        }
    }
}
