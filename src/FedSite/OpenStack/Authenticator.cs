using System.Text.Json;

namespace FedSite.OpenStack;

/// <summary>Gets tokens from Keystone, one way for each <see cref="AuthType"/>.</summary>
internal sealed class Authenticator(CloudCredentials credentials, CloudHttp http, TimeProvider time)
{
    public Task<Token> AuthenticateAsync(TokenScope scope, Token? unscoped, CancellationToken ct) =>
        credentials.AuthType switch
        {
            AuthType.Password => PostAsync(AuthRequest.Password(credentials, scope), ct),
            AuthType.ApplicationCredential => PostAsync(AuthRequest.ApplicationCredential(credentials), ct),
            AuthType.Token => PostAsync(AuthRequest.Token(credentials.Token!, credentials, scope), ct),
            _ => throw new NotSupportedException(credentials.AuthType.ToString()),
        };

    private async Task<Token> PostAsync(byte[] body, CancellationToken ct)
    {
        var url = new Uri($"{credentials.AuthUrl}/auth/tokens");
        var request = new CloudRequest(ServiceNames.Identity, HttpMethod.Post, url) { Body = body };
        using var response = await http.SendAsync(request, ct);
        return Read(response);
    }

    private Token Read(CloudResponse response)
    {
        if (!response.IsSuccess)
        {
            throw Failures.Describe(response);
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
}
