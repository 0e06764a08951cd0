using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using static FedSite.OpenStack.Identity.IdentityRequests;

namespace FedSite.OpenStack.Identity;

/// <summary>
/// Limits that Keystone holds for other services ("unified limits").
/// https://docs.openstack.org/keystone/latest/admin/unified-limits.html
/// </summary>
public sealed class LimitApi
{
    private readonly CloudSession _session;
    private readonly IdentityRequests _requests;

    internal LimitApi(CloudSession session, IdentityRequests requests)
    {
        _session = session;
        _requests = requests;
    }

    /// <summary>What may be limited at all, each with the limit of projects that have none of their own. Everybody may ask.</summary>
    public Task<IReadOnlyList<RegisteredLimit>> ListRegisteredAsync(CancellationToken ct) =>
        _requests.ListAsync("registered_limits", "registered_limits", IdentityJson.Default.RegisteredLimit, ct);

    /// <summary>
    /// Limits of projects; null: of all. Keystone shows them in the scope of the system alone: in that of a project an
    /// admin too sees none but that project's, and no error.
    /// https://opendev.org/openstack/keystone/src/branch/master/keystone/api/limits.py
    /// </summary>
    /// <exception cref="OpenStackException">401 or 403: the account has no role on the system.</exception>
    public Task<IReadOnlyList<ProjectLimit>> ListAsync(string? projectId, CancellationToken ct)
    {
        if (_session.Credentials is { AuthType: AuthType.ApplicationCredential, SystemScope: false } credentials)
        {
            throw new OpenStackException(
                "An application credential has the scope of one project, and Keystone shows limits of all in that of the system alone",
                "Use an account with a password and the role admin on the system.",
                ServiceNames.Identity,
                credentials.AuthUrl,
                403
            );
        }

        return _requests.ListAsync(
            $"limits{Query(("project_id", projectId))}",
            "limits",
            TokenScope.System,
            IdentityJson.Default.ProjectLimit,
            odd: null,
            ct
        );
    }

    /// <summary>https://docs.openstack.org/api-ref/identity/v3/#create-limits</summary>
    /// <param name="registered">What is limited; Keystone refuses (403) what is not registered.</param>
    /// <param name="projectId">Whose limit it is.</param>
    /// <param name="limit">-1: unlimited.</param>
    /// <param name="ct">Ends the work.</param>
    /// <returns>False: the project has one already.</returns>
    public Task<bool> CreateAsync(RegisteredLimit registered, string projectId, long limit, CancellationToken ct)
    {
        var fields = new JsonObject
        {
            ["service_id"] = registered.ServiceId,
            ["project_id"] = projectId,
            ["resource_name"] = registered.Resource,
            ["resource_limit"] = limit,
        };
        if (registered.RegionId is { } region)
            fields["region_id"] = region;
        return _requests.PostAsync("limits", "limits", new JsonArray(fields), ct);
    }

    /// <summary>
    /// Keystone takes a change to 0 without doing it: remove the limit and make it anew.
    /// https://opendev.org/openstack/keystone/src/branch/master/keystone/limit/backends/sql.py
    /// </summary>
    /// <param name="id">Of the limit.</param>
    /// <param name="limit">-1: unlimited; not 0.</param>
    /// <param name="ct">Ends the work.</param>
    public Task UpdateAsync(string id, long limit, CancellationToken ct) =>
        _requests.PatchAsync(
            $"limits/{Uri.EscapeDataString(id)}",
            "limit",
            new JsonObject { ["resource_limit"] = limit },
            ct
        );

    /// <summary>The registered limit counts for the project again.</summary>
    public Task DeleteAsync(string id, CancellationToken ct) =>
        _requests.DeleteAsync($"limits/{Uri.EscapeDataString(id)}", ct);

    /// <summary>
    /// The service and region whose limits count for an endpoint; services look for exactly these, so that a limit
    /// without a region is none to a service with one.
    /// https://opendev.org/openstack/oslo.limit/src/branch/master/oslo_limit/limit.py
    /// </summary>
    /// <param name="serviceType">For instance <c>compute</c>.</param>
    /// <param name="ct">Ends the work.</param>
    /// <returns>Null: the catalog does not tell.</returns>
    internal async Task<(string ServiceId, string? RegionId)?> FindServiceAsync(
        string serviceType,
        CancellationToken ct
    )
    {
        var catalog = await _session.GetCatalogAsync(TokenScope.Configured, ct);
        var wanted = _session.Credentials.RegionName;
        foreach (var service in catalog.Services)
        {
            var regions = service
                .Endpoints.Select(endpoint => endpoint.Region)
                .Where(region => wanted is null || region == wanted);
            if (ServiceNames.TypeOf(service.Type) == serviceType && service.Id is { } id && regions.Any())
                return (id, regions.First() is { Length: > 0 } region ? region : null);
        }

        return null;
    }
}

/// <summary>https://docs.openstack.org/api-ref/identity/v3/#unified-limits</summary>
/// <param name="Resource">What is limited, by the service's name for it, for instance <c>class:VCPU</c>.</param>
/// <param name="Default">Of projects without a limit of their own; -1: unlimited.</param>
public sealed record RegisteredLimit(
    [property: JsonPropertyName("service_id")] string ServiceId,
    [property: JsonPropertyName("region_id")] string? RegionId,
    [property: JsonPropertyName("resource_name")] string Resource,
    [property: JsonPropertyName("default_limit")] long Default
);

/// <param name="ProjectId">Null: the limit is a domain's.</param>
/// <param name="Limit">-1: unlimited.</param>
public sealed record ProjectLimit(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("project_id")] string? ProjectId,
    [property: JsonPropertyName("service_id")] string ServiceId,
    [property: JsonPropertyName("region_id")] string? RegionId,
    [property: JsonPropertyName("resource_name")] string Resource,
    [property: JsonPropertyName("resource_limit")] long Limit
);
