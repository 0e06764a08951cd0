using System.Security.Cryptography;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Apache with mod_auth_openidc before Keystone, as far as it answers itself.</summary>
internal sealed class WebServer(CloudWorld world, Endpoints endpoints)
{
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

    /// <summary>Null: the request is Keystone's.</summary>
    public Task? AnswerAsync(HttpContext context, string[] path)
    {
        var logins = world.Federation.WebLogins;
        return path switch
        {
            ["v3", "OS-FEDERATION", "identity_providers", var idp, "protocols", var protocol, "auth"] => Find(
                idp,
                protocol
            )
                is null
                ? null
                : JudgeAsync(context),
            ["v3", "auth", "OS-FEDERATION", "websso", var protocol] => RedirectAsync(
                context,
                logins.FirstOrDefault(l => l.ProtocolId == protocol)
            ),
            ["v3", "auth", "OS-FEDERATION", "identity_providers", var idp, "protocols", var protocol, "websso"] =>
                RedirectAsync(context, Find(idp, protocol)),
            _ => null,
        };

        SandboxWebLogin? Find(string idp, string protocol) =>
            logins.FirstOrDefault(l => l.IdpId == idp && l.ProtocolId == protocol);
    }

    private Task? JudgeAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.Ordinal))
        {
            return RefuseAsync(context, "invalid_request", "No bearer token found in the request");
        }
        var token = header["Bearer ".Length..];
        return token == FederationSandbox.AccessToken || world.Federation.AccessTokens.ContainsKey(token)
            ? null
            : RefuseAsync(context, "invalid_token", "Reference token could not be introspected");
    }

    private static Task RefuseAsync(HttpContext context, string error, string description)
    {
        context.Response.Headers.WWWAuthenticate = $"Bearer error=\"{error}\", error_description=\"{description}\"";
        return Answers.TextAsync(context, 401, "text/html; charset=iso-8859-1", Refusal);
    }

    private Task? RedirectAsync(HttpContext context, SandboxWebLogin? login)
    {
        if (login is null)
        {
            return null;
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
        return Answers.TextAsync(context, 302, "text/html; charset=iso-8859-1", "");
    }

    private static string Secret() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
}
