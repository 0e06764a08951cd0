namespace FedSite.OpenStack.ObjectStorage;

/// <summary>Swift, or a service that speaks like it; in the project of the credentials.</summary>
public sealed class ObjectStorageApi
{
    private readonly CloudSession _session;

    internal ObjectStorageApi(CloudSession session) => _session = session;

    /// <summary>
    /// Stores an object, in place of one of this name; readers see the old or the new one, whole. Sent with its checksum,
    /// so that Swift takes it undamaged or not at all.
    /// https://docs.openstack.org/api-ref/object-store/#create-or-replace-object
    /// </summary>
    /// <param name="container">Must exist.</param>
    /// <param name="content">A JSON document.</param>
    /// <returns>Whether the service confirmed the checksum; false: it told none.</returns>
    /// <exception cref="OpenStackException">
    /// It is not stored. Status 404: there is no such container; 422: it was damaged on its way.
    /// </exception>
    public async Task<bool> PutAsync(string container, string name, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        var request = new CloudRequest(ServiceNames.ObjectStorage, HttpMethod.Put, await UrlAsync(container, name, ct))
        {
            Body = content.ToArray(),
            Headers = [new("ETag", ContentHash.Of(content.Span))],
        };
        using var response = await _session.SendAsync(request, TokenScope.Configured, ct);
        if (response.Header("ETag") is not { } etag)
        {
            return false;
        }
        return ContentHash.IsOf(content.Span, etag)
            ? true
            : throw new OpenStackException(
                $"Swift has stored other content than was sent with {request}",
                "Run again; if it stays, ask the cloud's operator about proxies before Swift.",
                ServiceNames.ObjectStorage,
                request.Url,
                response.Status,
                response.RequestId
            );
    }

    /// <returns>Null: there is no such object, or no such container.</returns>
    /// <exception cref="OpenStackException">Swift refused, or did not answer.</exception>
    public async Task<byte[]?> GetAsync(string container, string name, CancellationToken ct)
    {
        var url = await UrlAsync(container, name, ct);
        try
        {
            using var response = await _session.GetAsync(
                ServiceNames.ObjectStorage,
                TokenScope.Configured,
                url,
                [],
                ct
            );
            return response.Body.ToArray();
        }
        catch (OpenStackException e) when (e is { Service: ServiceNames.ObjectStorage, Status: 404 })
        {
            return null;
        }
    }

    /// <exception cref="OpenStackException">Swift refused, or did not answer.</exception>
    public async Task<bool> HasContainerAsync(string container, CancellationToken ct)
    {
        var url = new Uri($"{await EndpointAsync(ct)}/{Uri.EscapeDataString(container)}");
        try
        {
            var request = new CloudRequest(ServiceNames.ObjectStorage, HttpMethod.Head, url);
            using var response = await _session.SendAsync(request, TokenScope.Configured, ct);
            return true;
        }
        catch (OpenStackException e) when (e is { Service: ServiceNames.ObjectStorage, Status: 404 })
        {
            return false;
        }
    }

    private async Task<Uri> UrlAsync(string container, string name, CancellationToken ct)
    {
        var path = string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
        return new Uri($"{await EndpointAsync(ct)}/{Uri.EscapeDataString(container)}/{path}");
    }

    private async Task<Uri> EndpointAsync(CancellationToken ct)
    {
        var catalog = await _session.GetCatalogAsync(TokenScope.Configured, ct);
        if (!catalog.Services.Any(service => service is { Type: ServiceNames.ObjectStorage, Endpoints.Count: > 0 }))
        {
            // Its URL holds the project: for an account without one the catalog leaves it out.
            throw new OpenStackException(
                $"The catalog of {_session.Credentials.AuthUrl.Host} has no Swift (service object-store) for the account of {_session.Credentials.Origin}",
                "Give the account the container's project (project_name), or ask the cloud's operator whether Swift exists.",
                ServiceNames.ObjectStorage,
                _session.Credentials.AuthUrl
            );
        }
        return catalog.Endpoint(ServiceNames.ObjectStorage);
    }
}
