using System.Text.Json;

namespace FedSite.OpenStack;

/// <summary>Gets tokens from Keystone, one way for each <see cref="AuthType"/>.</summary>
internal sealed class Authenticator(CloudCredentials credentials, CloudHttp http, TimeProvider time)
{
    private readonly OpenIdClient _openId = new(credentials, http, time);

    private string Keystone => credentials.AuthUrl.AbsoluteUri.TrimEnd('/');

    /// <summary>The log-in by an OpenID provider gives an unscoped token; others are made from that one.</summary>
    public bool IsFederated => credentials.AuthType is AuthType.OidcAccessToken or AuthType.OidcClientCredentials;

    /// <exception cref="OpenStackException">Keystone, or the OpenID provider, refused.</exception>
    public async Task<Token> LogInAsync(TokenScope scope, CancellationToken ct) =>
        credentials.AuthType switch
        {
            AuthType.Password => await PostAsync(AuthRequest.Password(credentials, scope), scope, ct),
            AuthType.ApplicationCredential => await PostAsync(
                AuthRequest.ApplicationCredential(credentials),
                scope,
                ct
            ),
            AuthType.Token => await RescopeAsync(credentials.Token!, scope, ct),
            AuthType.OidcAccessToken => await FederatedAsync(credentials.AccessToken!, ct),
            AuthType.OidcClientCredentials => await FederatedAsync(await _openId.GetAccessTokenAsync(ct), ct),
            _ => throw new NotSupportedException(credentials.AuthType.ToString()),
        };

    /// <summary>A token of another scope for one that was given before.</summary>
    public Task<Token> RescopeAsync(string token, TokenScope scope, CancellationToken ct) =>
        PostAsync(AuthRequest.Token(token, credentials, scope), scope, ct);

    private async Task<Token> PostAsync(byte[] body, TokenScope scope, CancellationToken ct)
    {
        var url = new Uri($"{Keystone}/auth/tokens");
        var request = new CloudRequest(ServiceNames.Identity, HttpMethod.Post, url) { Body = body };
        using var response = await http.SendAsync(request, ct);
        return Read(response, scope);
    }

    /// <summary>https://docs.openstack.org/api-ref/identity/v3-ext/#request-an-unscoped-os-federation-token</summary>
    private async Task<Token> FederatedAsync(string accessToken, CancellationToken ct)
    {
        var provider = Uri.EscapeDataString(credentials.IdentityProvider!);
        var protocol = Uri.EscapeDataString(credentials.Protocol!);
        var url = new Uri($"{Keystone}/OS-FEDERATION/identity_providers/{provider}/protocols/{protocol}/auth");
        var request = new CloudRequest(ServiceNames.Identity, HttpMethod.Get, url) { Bearer = accessToken };
        using var response = await http.SendAsync(request, ct);
        return Read(response, TokenScope.Unscoped);
    }

    private Token Read(CloudResponse response, TokenScope scope)
    {
        if (!response.IsSuccess)
        {
            throw Failures.Describe(response, response.Status is 401 or 403 ? NextStep(scope) : null);
        }
        var secret =
            response.Header("X-Subject-Token") ?? throw Failures.Nonsense(response, "X-Subject-Token is missing");
        try
        {
            var body = JsonSerializer.Deserialize(response.Body.Span, OpenStackJson.Default.TokenBody);
            return body is null
                ? throw Failures.Nonsense(response, "no token in it")
                : new Token(secret, body.Token, time.GetUtcNow());
        }
        catch (JsonException e)
        {
            throw Failures.Nonsense(response, e.Message, e);
        }
    }

    private string NextStep(TokenScope scope)
    {
        var role = scope.ProjectId is { } project
            ? $" Or the account has no role in project {project}, or that is disabled."
            : "";
        return credentials.AuthType switch
        {
            AuthType.Password =>
                $"Check user name, its domain, password and scope in {credentials.Origin}, and that the account is enabled.{role}",
            AuthType.ApplicationCredential =>
                $"Check id and secret of the application credential in {credentials.Origin}; it also ends with its user's role or at its expiry date.",
            AuthType.Token =>
                $"The token in {credentials.Origin} has expired or was revoked; get a new one (openstack token issue).{role}",
            _ =>
                $"Check identity_provider and protocol in {credentials.Origin}, that the access token is fresh, and with the cloud's operator that Keystone's mapping knows the account's entitlement.{role}",
        };
    }
}
