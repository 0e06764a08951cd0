using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace FedSite.OpenStack.Identity;

/// <summary>What all calls to Keystone have in common.</summary>
internal sealed class IdentityRequests(CloudSession session)
{
    public async Task<IReadOnlyList<T>> ListAsync<T>(
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
        await foreach (var listed in session.ListAsync(list, type, ct))
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

    public Task<IReadOnlyList<T>> ListAsync<T>(
        string path,
        string collection,
        JsonTypeInfo<T> type,
        CancellationToken ct
    )
        where T : class => ListAsync(path, collection, TokenScope.Configured, type, odd: null, ct);

    /// <returns>Null: there is none.</returns>
    public async Task<T?> FindAsync<T>(string path, TokenScope scope, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class
    {
        try
        {
            return await session.GetAsync(ServiceNames.Identity, scope, Url(path), type, ct);
        }
        catch (OpenStackException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <returns>Null: there is none.</returns>
    public Task<T?> FindAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class => FindAsync(path, TokenScope.Configured, type, ct);

    /// <summary>
    /// Makes an object whose id is its path, or changes it. Made by an earlier try of this very request, it is changed
    /// to what was asked for.
    /// </summary>
    public async Task PutAsync(string path, string name, JsonObject fields, bool exists, CancellationToken ct)
    {
        if (exists)
        {
            await SendAsync(HttpMethod.Patch, path, Body(name, fields), ct);
            return;
        }
        try
        {
            await SendAsync(HttpMethod.Put, path, Body(name, fields), ct);
        }
        catch (OpenStackException e) when (e.Status == 409)
        {
            await MendAsync(path, name, fields, e, ct);
        }
    }

    /// <summary>After a conflict: with the object itself, or with another one that has what it should have?</summary>
    private async Task MendAsync(
        string path,
        string name,
        JsonObject fields,
        OpenStackException conflict,
        CancellationToken ct
    )
    {
        // Never to be changed, so it is right or told by the caller's look at it.
        fields.Remove("domain_id");
        try
        {
            await SendAsync(HttpMethod.Patch, path, Body(name, fields), ct);
        }
        catch (OpenStackException e) when (e.Status == 404)
        {
            throw conflict;
        }
    }

    public Task PatchAsync(string path, string name, JsonObject fields, CancellationToken ct) =>
        SendAsync(HttpMethod.Patch, path, Body(name, fields), ct);

    /// <returns>False: an object of the same name is there already.</returns>
    public async Task<bool> PostAsync(string path, string name, JsonNode fields, CancellationToken ct)
    {
        try
        {
            await SendAsync(HttpMethod.Post, path, Body(name, fields), ct);
            return true;
        }
        catch (OpenStackException e) when (e.Status == 409)
        {
            return false;
        }
    }

    /// <summary>Without a body, as grants are made.</summary>
    public Task PutAsync(string path, CancellationToken ct) => SendAsync(HttpMethod.Put, path, body: null, ct);

    /// <summary>Asks without a body.</summary>
    public async Task<bool> ExistsAsync(string path, CancellationToken ct)
    {
        try
        {
            await SendAsync(HttpMethod.Head, path, body: null, ct);
            return true;
        }
        catch (OpenStackException e) when (e.Status == 404)
        {
            return false;
        }
    }

    /// <summary>What is gone already is gone.</summary>
    public async Task DeleteAsync(string path, CancellationToken ct)
    {
        try
        {
            await SendAsync(HttpMethod.Delete, path, body: null, ct);
        }
        catch (OpenStackException e) when (e.Status == 404)
        {
            // An earlier try of this request did it, or somebody else.
        }
    }

    public static string Query(params ReadOnlySpan<(string Key, string? Value)> pairs)
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

    private async Task SendAsync(HttpMethod method, string path, byte[]? body, CancellationToken ct)
    {
        var request = new CloudRequest(ServiceNames.Identity, method, Url(path)) { Body = body };
        (await session.SendAsync(request, TokenScope.Configured, ct)).Dispose();
    }

    private static byte[] Body(string name, JsonNode fields) =>
        Encoding.UTF8.GetBytes(new JsonObject { [name] = fields.DeepClone() }.ToJsonString());

    private Uri Url(string path) => new($"{session.Credentials.AuthUrl.AbsoluteUri.TrimEnd('/')}/{path}");
}
