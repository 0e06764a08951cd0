using System.Text;
using System.Text.Json.Nodes;

namespace FedSite.OpenStack.Compute;

/// <summary>Flavors with the account's own token, which must be an admin's.</summary>
public sealed partial class ComputeApi
{
    /// <summary>All flavors of the cloud, private ones included.</summary>
    public IAsyncEnumerable<Listed<ListedFlavor>> ListAllFlavorsAsAdminAsync(CancellationToken ct) =>
        ListDetailedAsync(TokenScope.Configured, "&is_public=None", ct);

    /// <summary>
    /// Ids of the projects that may use a private flavor.
    /// https://docs.openstack.org/api-ref/compute/#list-flavor-access-information-for-given-flavor
    /// </summary>
    /// <returns>Null: there is no such flavor, or it is public.</returns>
    public async Task<IReadOnlyList<string>?> FindFlavorAccessAsync(string flavorId, CancellationToken ct)
    {
        try
        {
            var request = await FlavorRequestAsync(HttpMethod.Get, flavorId, "os-flavor-access", body: null, ct);
            var body = await _session.SendAsync(
                request,
                TokenScope.Configured,
                ComputeJson.Default.FlavorAccessBody,
                ct
            );
            return [.. body.Access.Select(access => access.ProjectId)];
        }
        catch (OpenStackException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>https://docs.openstack.org/api-ref/compute/#add-flavor-access-to-tenant-addtenantaccess-action</summary>
    public async Task AddFlavorAccessAsync(string flavorId, string projectId, CancellationToken ct)
    {
        try
        {
            await ChangeFlavorAccessAsync("addTenantAccess", flavorId, projectId, ct);
        }
        catch (OpenStackException e) when (e.Status == 409)
        {
            // An earlier request was done though its answer was lost, or somebody was faster.
            if (await FindFlavorAccessAsync(flavorId, ct) is not { } access || !access.Contains(projectId))
                throw;
        }
    }

    /// <summary>https://docs.openstack.org/api-ref/compute/#remove-flavor-access-from-tenant-removetenantaccess-action</summary>
    public async Task RemoveFlavorAccessAsync(string flavorId, string projectId, CancellationToken ct)
    {
        try
        {
            await ChangeFlavorAccessAsync("removeTenantAccess", flavorId, projectId, ct);
        }
        catch (OpenStackException e) when (e.Status is 400 or 404)
        {
            // Gone already: the access, the flavor, or the project, of which newer Novas say 400.
            if (await FindFlavorAccessAsync(flavorId, ct) is { } access && access.Contains(projectId))
                throw;
        }
    }

    /// <summary>Extra specs of one flavor. https://docs.openstack.org/api-ref/compute/#list-extra-specs-for-a-flavor</summary>
    /// <returns>Null: there is no such flavor.</returns>
    public async Task<IReadOnlyDictionary<string, string>?> FindExtraSpecsAsync(string flavorId, CancellationToken ct)
    {
        try
        {
            var request = await FlavorRequestAsync(HttpMethod.Get, flavorId, "os-extra_specs", body: null, ct);
            var body = await _session.SendAsync(request, TokenScope.Configured, ComputeJson.Default.ExtraSpecsBody, ct);
            return body.ExtraSpecs;
        }
        catch (OpenStackException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>
    /// Sets these and leaves the others as they are. From microversion 2.86 on Nova checks the values of those it knows.
    /// https://docs.openstack.org/api-ref/compute/#create-extra-specs-for-a-flavor
    /// </summary>
    public async Task SetExtraSpecsAsync(
        string flavorId,
        IReadOnlyDictionary<string, string> specs,
        CancellationToken ct
    )
    {
        var fields = new JsonObject(specs.Select(spec => KeyValuePair.Create(spec.Key, (JsonNode?)spec.Value)));
        var body = new JsonObject { ["extra_specs"] = fields };
        var request = await FlavorRequestAsync(HttpMethod.Post, flavorId, "os-extra_specs", body, ct);
        using var done = await _session.SendAsync(request, TokenScope.Configured, ct);
    }

    private async Task ChangeFlavorAccessAsync(string action, string flavorId, string projectId, CancellationToken ct)
    {
        var body = new JsonObject { [action] = new JsonObject { ["tenant"] = projectId } };
        var request = await FlavorRequestAsync(HttpMethod.Post, flavorId, "action", body, ct);
        using var done = await _session.SendAsync(request, TokenScope.Configured, ct);
    }

    private async Task<CloudRequest> FlavorRequestAsync(
        HttpMethod method,
        string flavorId,
        string path,
        JsonObject? body,
        CancellationToken ct
    )
    {
        var scope = TokenScope.Configured;
        var version = await NegotiateVersionAsync(scope, ct);
        var url = new Uri($"{await BaseAsync(scope, ct)}/flavors/{Uri.EscapeDataString(flavorId)}/{path}");
        return new CloudRequest(ServiceNames.Compute, method, url)
        {
            Headers = version.Headers,
            Body = body is null ? null : Encoding.UTF8.GetBytes(body.ToJsonString()),
        };
    }
}
