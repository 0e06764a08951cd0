using System.Text.Json.Serialization.Metadata;

namespace FedSite.OpenStack.Identity;

/// <summary>Keystone, always by the configured URL: the catalog's may be reachable from inside the cloud only.</summary>
public sealed class IdentityApi
{
    private readonly CloudSession _session;

    internal IdentityApi(CloudSession session) => _session = session;

    /// <summary>
    /// Projects in which the account has a role; no right is needed.
    /// https://docs.openstack.org/api-ref/identity/v3/#get-available-project-scopes
    /// </summary>
    /// <param name="odd">Takes those that are not understood, in words; null: the first one ends the listing.</param>
    /// <param name="ct">Ends the work.</param>
    public Task<IReadOnlyList<Project>> ListMyProjectsAsync(ICollection<string>? odd, CancellationToken ct) =>
        ListAsync("auth/projects", "projects", TokenScope.Unscoped, IdentityJson.Default.Project, odd, ct);

    public Task<IReadOnlyList<Project>> ListMyProjectsAsync(CancellationToken ct) => ListMyProjectsAsync(null, ct);

    /// <summary>
    /// Projects of the cloud; each filter that is not null must match. Needs reader on system, or a role of the site's
    /// own policy (403 otherwise). https://docs.openstack.org/api-ref/identity/v3/#list-projects
    /// </summary>
    public Task<IReadOnlyList<Project>> ListProjectsAsync(
        string? tag,
        string? name,
        string? domainId,
        ICollection<string>? odd,
        CancellationToken ct
    )
    {
        var query = Query(("tags", tag), ("name", name), ("domain_id", domainId));
        return ListAsync($"projects{query}", "projects", TokenScope.Configured, IdentityJson.Default.Project, odd, ct);
    }

    /// <summary>Needs reader on system, or a role of the site's own policy (403 otherwise).</summary>
    /// <returns>Null: there is none.</returns>
    public async Task<User?> GetUserAsync(string userId, TokenScope scope, CancellationToken ct)
    {
        var path = $"users/{Uri.EscapeDataString(userId)}";
        return (await FindAsync(path, scope, IdentityJson.Default.UserBody, ct))?.User;
    }

    /// <summary>Needs reader on system, or a role of the site's own policy (403 otherwise).</summary>
    /// <returns>Null: there is none.</returns>
    public async Task<Domain?> FindDomainAsync(string nameOrId, CancellationToken ct)
    {
        var path = $"domains/{Uri.EscapeDataString(nameOrId)}";
        var byId = await FindAsync(path, TokenScope.Configured, IdentityJson.Default.DomainBody, ct);
        if (byId is not null)
        {
            return byId.Domain;
        }
        var query = Query(("name", nameOrId));
        var named = await ListAsync(
            $"domains{query}",
            "domains",
            TokenScope.Configured,
            IdentityJson.Default.Domain,
            odd: null,
            ct
        );
        return named.Count == 0 ? null : named[0];
    }

    /// <summary>What the account's token of this scope says.</summary>
    public async Task<TokenInfo> GetTokenInfoAsync(TokenScope scope, CancellationToken ct) =>
        TokenInfo.Of((await _session.GetTokenAsync(scope, ct)).Document);

    private async Task<IReadOnlyList<T>> ListAsync<T>(
        string path,
        string collection,
        TokenScope scope,
        JsonTypeInfo<T> type,
        ICollection<string>? odd,
        CancellationToken ct
    )
        where T : class
    {
        var list = new PagedList(ServiceNames.Identity, scope, Url(path), collection);
        var items = new List<T>();
        await foreach (var listed in _session.ListAsync(list, type, ct))
        {
            if (listed.Item is { } item)
            {
                items.Add(item);
                continue;
            }
            var failure = new OpenStackException(
                $"Keystone listed something at {list.Url} that is not understood: {listed.Fault}",
                "Give this message to the cloud's operator.",
                ServiceNames.Identity,
                list.Url
            );
            (odd ?? throw failure).Add(failure.Message);
        }
        return items;
    }

    private async Task<T?> FindAsync<T>(string path, TokenScope scope, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class
    {
        try
        {
            return await _session.GetAsync(ServiceNames.Identity, scope, Url(path), type, ct);
        }
        catch (OpenStackException e) when (e.Status == 404)
        {
            return null;
        }
    }

    private Uri Url(string path) => new($"{_session.Credentials.AuthUrl.AbsoluteUri.TrimEnd('/')}/{path}");

    private static string Query(params ReadOnlySpan<(string Key, string? Value)> pairs)
    {
        var query = "";
        foreach (var (key, value) in pairs)
        {
            if (value is not null)
            {
                query += $"{(query.Length == 0 ? '?' : '&')}{key}={Uri.EscapeDataString(value)}";
            }
        }
        return query;
    }
}
