using System.Security.Cryptography;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Apache with mod_auth_openidc before Keystone, as far as it answers itself.</summary>
internal sealed class WebServer(CloudWorld world, Endpoints endpoints)
{
    private const string Html = "text/html; charset=iso-8859-1";
    private const string Refusal = """
        <!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">
        <html><head>
        <title>401 Unauthorized</title>
        </head><body>
        <h1>Unauthorized</h1>
        <p>This server could not verify that you
        are authorized to access the document
        requested.  Either you supplied the wrong
        credentials (e.g., bad password), or your
        browser doesn't understand how to supply
        the credentials required.</p>
        </body></html>

        """;
    private const string Forbidden = """
        <!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">
        <html><head>
        <title>403 Forbidden</title>
        </head><body>
        <h1>Forbidden</h1>
        <p>You don't have permission to access this resource.</p>
        </body></html>

        """;

    /// <returns>False: the request is Keystone's.</returns>
    public async Task<bool> AnswersAsync(HttpContext context)
    {
        var logins = world.Federation.WebLogins;
        if (logins.Count > 0 && context.Request.Headers.Keys.Any(LooksLikeClaim))
        {
            await Answers.TextAsync(context, 403, Html, Forbidden);
            return true;
        }
        switch (context.Request.Path.Value!.Trim('/').Split('/'))
        {
            case ["v3", "OS-FEDERATION", "identity_providers", var idp, "protocols", var protocol, "auth"]:
                return Find(idp, protocol) is not null && await RefusesAsync(context);
            case ["v3", "auth", "OS-FEDERATION", "websso", var protocol]:
                return await RedirectsAsync(context, logins.FirstOrDefault(l => l.ProtocolId == protocol));
            case ["v3", "auth", "OS-FEDERATION", "identity_providers", var idp, "protocols", var protocol, "websso"]:
                return await RedirectsAsync(context, Find(idp, protocol));
            default:
                return false;
        }

        SandboxWebLogin? Find(string idp, string protocol) =>
            logins.FirstOrDefault(l => l.IdpId == idp && l.ProtocolId == protocol);
    }

    private static bool LooksLikeClaim(string header) => header.StartsWith("OIDC", StringComparison.OrdinalIgnoreCase);

    private async Task<bool> RefusesAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var token = header.StartsWith("Bearer ", StringComparison.Ordinal) ? header["Bearer ".Length..] : null;
        if (token == FederationSandbox.AccessToken || world.Federation.AccessTokens.ContainsKey(token ?? ""))
        {
            return false;
        }
        context.Response.Headers.WWWAuthenticate = token is null
            ? "Bearer error=\"invalid_request\", error_description=\"No bearer token found in the request\""
            : "Bearer error=\"invalid_token\", error_description=\"Reference token could not be introspected\"";
        await Answers.TextAsync(context, 401, Html, Refusal);
        return true;
    }

    private async Task<bool> RedirectsAsync(HttpContext context, SandboxWebLogin? login)
    {
        if (login is null)
        {
            return false;
        }
        var query = new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["scope"] = login.Scope,
            ["client_id"] = login.ClientId,
            ["state"] = Secret(),
            ["redirect_uri"] = $"{endpoints.Identity}/v3/auth/OS-FEDERATION/websso/{login.ProtocolId}/redirect",
            ["nonce"] = Secret(),
            ["code_challenge"] = Secret(),
            ["code_challenge_method"] = "S256",
        };
        context.Response.Headers.CacheControl = "no-cache, no-store, max-age=0";
        context.Response.Headers.Location = QueryHelpers.AddQueryString(login.AuthorizationEndpoint.AbsoluteUri, query);
        await Answers.TextAsync(context, 302, Html, "");
        return true;
    }

    private static string Secret() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
}
