using System.Text;
using System.Text.Json;
using FedSite.Sandbox.OpenStack;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenId;

/// <summary>The endpoints of a realm.</summary>
internal sealed class OpenIdApi(OpenIdSandbox sandbox, OpenIdSandboxOptions options, OpenIdTokens tokens)
{
    private const string Protocol = "/protocol/openid-connect";

    public Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (!path.StartsWith($"{options.Path}/", StringComparison.Ordinal))
        {
            return RefuseAsync(context, 404, "Realm does not exist", description: null);
        }
        return (context.Request.Method, path[options.Path.Length..]) switch
        {
            ("GET", "/.well-known/openid-configuration") => Answers.JsonAsync(context, 200, WriteDiscovery),
            ("GET", $"{Protocol}/certs") => Answers.JsonAsync(context, 200, WriteKeys),
            ("POST", $"{Protocol}/token") => TokenAsync(context),
            ("POST", $"{Protocol}/token/introspect") => IntrospectAsync(context),
            _ => RefuseAsync(context, 404, "HTTP 404 Not Found", description: null),
        };
    }

    private void WriteDiscovery(Utf8JsonWriter json)
    {
        var url = $"{sandbox.Issuer}{Protocol}";
        json.WriteStartObject();
        json.WriteString("issuer", sandbox.ClaimedIssuer ?? sandbox.Issuer);
        json.WriteString("authorization_endpoint", $"{url}/auth");
        json.WriteString("token_endpoint", $"{url}/token");
        json.WriteString("introspection_endpoint", $"{url}/token/introspect");
        json.WriteString("userinfo_endpoint", $"{url}/userinfo");
        json.WriteString("end_session_endpoint", $"{url}/logout");
        json.WriteString("jwks_uri", $"{url}/certs");
        Texts(json, "grant_types_supported", ["authorization_code", "refresh_token", "client_credentials"]);
        Texts(json, "response_types_supported", ["code"]);
        Texts(json, "subject_types_supported", ["public"]);
        Texts(json, "id_token_signing_alg_values_supported", ["RS256"]);
        Texts(json, "token_endpoint_auth_methods_supported", ["client_secret_basic", "client_secret_post"]);
        Texts(json, "scopes_supported", ["openid", "profile", "email", "eduperson_entitlement", "entitlements"]);
        Texts(json, "claims_supported", ["sub", "email", "eduperson_entitlement", "entitlements"]);
        Texts(json, "code_challenge_methods_supported", ["plain", "S256"]);
        json.WriteEndObject();
    }

    private static void WriteKeys(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("keys");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private async Task TokenAsync(HttpContext context)
    {
        var form = await FormAsync(context);
        if (ClientOf(context.Request, form) is not { } client)
        {
            await RefuseAsync(context, 401, "invalid_client", "Invalid client or Invalid client credentials");
            return;
        }
        if (form["grant_type"] != "client_credentials")
        {
            await RefuseAsync(context, 400, "unsupported_grant_type", "Unsupported grant_type");
            return;
        }
        string? scope = form["scope"];
        var token = tokens.Issue([("sub", [client]), ("client_id", [client]), ("scope", [scope ?? "profile email"])]);
        await Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("access_token", token);
                json.WriteNumber("expires_in", (long)options.TokenLifetime.TotalSeconds);
                json.WriteNumber("refresh_expires_in", 0);
                json.WriteString("token_type", "Bearer");
                json.WriteNumber("not-before-policy", 0);
                json.WriteString("scope", scope ?? "profile email");
                json.WriteEndObject();
            }
        );
    }

    private async Task IntrospectAsync(HttpContext context)
    {
        var form = await FormAsync(context);
        if (ClientOf(context.Request, form) is null)
        {
            await RefuseAsync(context, 401, "invalid_request", "Authentication failed.");
            return;
        }
        var token = tokens.Find(form["token"].ToString());
        await Answers.JsonAsync(context, 200, json => WriteIntrospection(json, token));
    }

    private void WriteIntrospection(Utf8JsonWriter json, OpenIdToken? token)
    {
        json.WriteStartObject();
        json.WriteBoolean("active", token is not null);
        if (token is not null)
        {
            json.WriteString("iss", sandbox.Issuer);
            json.WriteNumber("iat", token.Issued.ToUnixTimeSeconds());
            json.WriteNumber("exp", token.Expires.ToUnixTimeSeconds());
            json.WriteString("token_type", "Bearer");
            foreach (var (name, values) in token.Claims)
            {
                if (values.Length == 1)
                {
                    json.WriteString(name, values[0]);
                }
                else
                {
                    Texts(json, name, values);
                }
            }
        }
        json.WriteEndObject();
    }

    private static async Task<IFormCollection> FormAsync(HttpContext context) =>
        context.Request.HasFormContentType
            ? await context.Request.ReadFormAsync(context.RequestAborted)
            : FormCollection.Empty;

    /// <summary>Null when no known client showed its secret, in a header or in the form.</summary>
    private string? ClientOf(HttpRequest request, IFormCollection form)
    {
        string? id = form["client_id"];
        string? secret = form["client_secret"];
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith("Basic ", StringComparison.Ordinal))
        {
            var bytes = new byte[header.Length];
            if (!Convert.TryFromBase64String(header["Basic ".Length..], bytes, out var length))
            {
                return null;
            }
            var parts = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
            id = Uri.UnescapeDataString(parts[0].Replace('+', ' '));
            secret = parts.Length < 2 ? null : Uri.UnescapeDataString(parts[1].Replace('+', ' '));
        }
        return id is not null && options.Clients.TryGetValue(id, out var known) && known == secret ? id : null;
    }

    private static Task RefuseAsync(HttpContext context, int status, string error, string? description) =>
        Answers.JsonAsync(
            context,
            status,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("error", error);
                if (description is not null)
                {
                    json.WriteString("error_description", description);
                }
                json.WriteEndObject();
            }
        );

    private static void Texts(Utf8JsonWriter json, string name, string[] values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }
        json.WriteEndArray();
    }
}
