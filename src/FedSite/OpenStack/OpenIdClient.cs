using System.Text.Json;
using Duende.IdentityModel.Client;
using Polly;
using Polly.Retry;

namespace FedSite.OpenStack;

/// <summary>Gets an access token from an OpenID provider, as a client of its own (OAuth 2.0, RFC 6749 §4.4).</summary>
internal sealed class OpenIdClient(CloudCredentials credentials, CloudHttp http, TimeProvider time)
{
    private const string DefaultScope = "openid profile";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly ResiliencePipeline<TokenResponse> _pipeline = new ResiliencePipelineBuilder<TokenResponse>
    {
        TimeProvider = time,
    }
        .AddRetry(
            new RetryStrategyOptions<TokenResponse>
            {
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = new PredicateBuilder<TokenResponse>().HandleResult(static response =>
                    response is { ErrorType: ResponseErrorType.Exception, Exception: not OperationCanceledException }
                    || (int)response.HttpStatusCode >= 500
                ),
            }
        )
        .AddTimeout(Timeout)
        .Build();

    /// <exception cref="OpenStackException">The provider refused, or did not answer.</exception>
    public async Task<string> GetAccessTokenAsync(CancellationToken ct)
    {
        var endpoint = credentials.AccessTokenEndpoint ?? await DiscoverAsync(credentials.DiscoveryEndpoint!, ct);
        var response = await _pipeline.ExecuteAsync(async token => await AskAsync(endpoint, token), ct);
        ct.ThrowIfCancellationRequested();
        if (!response.IsError && response.AccessToken is { Length: > 0 } accessToken)
        {
            return accessToken;
        }
        var answered = (int)response.HttpStatusCode is var status && status != 0 ? $" answered {status}" : " failed";
        throw new OpenStackException(
            $"The OpenID provider{answered} to {endpoint}: {response.Error ?? "no access token"} {response.ErrorDescription}".TrimEnd(),
            $"Check client_id, client_secret and openid_scope in {credentials.Origin}.",
            ServiceNames.OpenId,
            endpoint,
            status == 0 ? null : status,
            inner: response.Exception
        );
    }

    private async Task<TokenResponse> AskAsync(Uri endpoint, CancellationToken ct)
    {
        using var request = new ClientCredentialsTokenRequest
        {
            Address = endpoint.AbsoluteUri,
            ClientId = credentials.ClientId!,
            ClientSecret = credentials.ClientSecret,
            Scope = credentials.OpenIdScope ?? DefaultScope,
        };
        http.Count();
        return await http.Invoker.RequestClientCredentialsTokenAsync(request, ct);
    }

    private async Task<Uri> DiscoverAsync(Uri url, CancellationToken ct)
    {
        using var response = await http.SendAsync(new CloudRequest(ServiceNames.OpenId, HttpMethod.Get, url), ct);
        if (!response.IsSuccess)
        {
            throw Failures.Describe(response, $"Check discovery_endpoint in {credentials.Origin}.");
        }
        try
        {
            using var document = JsonDocument.Parse(response.Body);
            var endpoint = document.RootElement.GetProperty("token_endpoint").GetString();
            return new Uri(endpoint!);
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or ArgumentNullException
                        or UriFormatException
            )
        {
            throw Failures.Nonsense(response, "it names no token_endpoint", e);
        }
    }
}
