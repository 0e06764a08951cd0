using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FedSite.OpenStack;

/// <summary>Requests with a token: renews one that a service no longer takes, and turns refusals into exceptions.</summary>
internal sealed class CloudSession(CloudCredentials credentials, CloudHttp http, TokenCache tokens)
{
    public CloudCredentials Credentials => credentials;

    public Task<Token> GetTokenAsync(TokenScope scope, CancellationToken ct) => tokens.GetAsync(scope, ct);

    public async Task<Catalog> GetCatalogAsync(TokenScope scope, CancellationToken ct)
    {
        var token = await tokens.GetAsync(scope, ct);
        return new Catalog(token.Document.Catalog, credentials);
    }

    /// <summary>URL of a service as the catalog has it, without a trailing slash.</summary>
    public async Task<Uri> EndpointAsync(string service, TokenScope scope, CancellationToken ct) =>
        (await GetCatalogAsync(scope, ct)).Endpoint(service);

    /// <returns>An answer of success; the caller disposes it.</returns>
    /// <exception cref="OpenStackException">No answer, or another status than 2xx.</exception>
    public Task<CloudResponse> GetAsync(
        string service,
        TokenScope scope,
        Uri url,
        IReadOnlyList<KeyValuePair<string, string>> headers,
        CancellationToken ct,
        int expectedBytes = 0
    ) =>
        SendAsync(
            new CloudRequest(service, HttpMethod.Get, url) { Headers = headers, ExpectedBytes = expectedBytes },
            scope,
            ct
        );

    /// <summary>Sends a request with a token of the scope.</summary>
    /// <returns>An answer of success; the caller disposes it.</returns>
    /// <exception cref="OpenStackException">No answer, or another status than 2xx.</exception>
    public async Task<CloudResponse> SendAsync(CloudRequest request, TokenScope scope, CancellationToken ct)
    {
        var token = await tokens.GetAsync(scope, ct);
        request = request with { Token = token.Secret };
        var response = await http.SendAsync(request, ct);
        if (response.Status == 401)
        {
            response.Dispose();
            token = await tokens.GetAsync(scope, token, ct);
            response = await http.SendAsync(request with { Token = token.Secret }, ct);
        }
        if (response.IsSuccess)
        {
            return response;
        }
        using (response)
        {
            throw Failures.Describe(response);
        }
    }

    /// <summary>
    /// Sends a body that is written as it goes, once; with another token again if the first was refused before the body.
    /// </summary>
    /// <returns>An answer of success; the caller disposes it.</returns>
    /// <exception cref="OpenStackException">No answer, or another status than 2xx.</exception>
    public async Task<CloudResponse> UploadAsync(
        CloudRequest request,
        UploadBody body,
        TokenScope scope,
        CancellationToken ct
    )
    {
        var token = await tokens.GetAsync(scope, ct);
        var response = await http.UploadAsync(request with { Token = token.Secret }, body, ct);
        if (response.Status == 401 && !body.Started)
        {
            response.Dispose();
            token = await tokens.GetAsync(scope, token, ct);
            response = await http.UploadAsync(request with { Token = token.Secret }, body, ct);
        }
        if (response.IsSuccess && !body.Stopped)
        {
            return response;
        }
        using (response)
        {
            throw response.IsSuccess
                ? Failures.Nonsense(response, "it came before the body was sent whole")
                : Failures.Describe(response);
        }
    }

    /// <summary>Asks for one JSON document.</summary>
    public Task<T> GetAsync<T>(
        string service,
        TokenScope scope,
        Uri url,
        JsonTypeInfo<T> type,
        CancellationToken ct,
        IReadOnlyList<KeyValuePair<string, string>>? headers = null
    )
        where T : class
    {
        var request = new CloudRequest(service, HttpMethod.Get, url) { Headers = headers ?? [] };
        return SendAsync(request, scope, type, ct);
    }

    /// <summary>Sends a request that is answered with one JSON document.</summary>
    /// <exception cref="OpenStackException">No answer, or another status than 2xx.</exception>
    public async Task<T> SendAsync<T>(
        CloudRequest request,
        TokenScope scope,
        JsonTypeInfo<T> type,
        CancellationToken ct
    )
        where T : class
    {
        using var response = await SendAsync(request, scope, ct);
        try
        {
            return JsonSerializer.Deserialize(response.Body.Span, type)
                ?? throw Failures.Nonsense(response, "it is null");
        }
        catch (JsonException e)
        {
            throw Failures.Nonsense(response, e.Message, e);
        }
    }
}
