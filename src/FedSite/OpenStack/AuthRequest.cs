using System.Text.Json;

namespace FedSite.OpenStack;

/// <summary>
/// Bodies of <c>POST /v3/auth/tokens</c>.
/// https://docs.openstack.org/api-ref/identity/v3/#authentication-and-token-management
/// </summary>
internal static class AuthRequest
{
    public static byte[] Password(CloudCredentials credentials, TokenScope scope) =>
        Document(
            "password",
            json =>
            {
                json.WriteStartObject("user");
                WriteUser(json, credentials);
                json.WriteString("password", credentials.Password);
                json.WriteEndObject();
            },
            json => WriteScope(json, credentials, scope)
        );

    public static byte[] Token(string token, CloudCredentials credentials, TokenScope scope) =>
        Document("token", json => json.WriteString("id", token), json => WriteScope(json, credentials, scope));

    /// <summary>Keystone refuses a scope here: an application credential has its own.</summary>
    public static byte[] ApplicationCredential(CloudCredentials credentials) =>
        Document(
            "application_credential",
            json =>
            {
                if (credentials.ApplicationCredentialId is { } id)
                {
                    json.WriteString("id", id);
                }
                else
                {
                    json.WriteString("name", credentials.ApplicationCredentialName);
                    json.WriteStartObject("user");
                    WriteUser(json, credentials);
                    json.WriteEndObject();
                }
                json.WriteString("secret", credentials.ApplicationCredentialSecret);
            },
            writeScope: null
        );

    private static byte[] Document(
        string method,
        Action<Utf8JsonWriter> writeMethod,
        Action<Utf8JsonWriter>? writeScope
    )
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("auth");
            json.WriteStartObject("identity");
            json.WriteStartArray("methods");
            json.WriteStringValue(method);
            json.WriteEndArray();
            json.WriteStartObject(method);
            writeMethod(json);
            json.WriteEndObject();
            json.WriteEndObject();
            writeScope?.Invoke(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private static void WriteUser(Utf8JsonWriter json, CloudCredentials credentials)
    {
        if (credentials.UserId is { } id)
        {
            json.WriteString("id", id);
            return;
        }
        json.WriteString("name", credentials.Username);
        WriteDomain(json, credentials.UserDomainId, credentials.UserDomainName);
    }

    private static void WriteDomain(Utf8JsonWriter json, string? id, string? name)
    {
        json.WriteStartObject("domain");
        WriteReference(json, id, name ?? "Default");
        json.WriteEndObject();
    }

    private static void WriteReference(Utf8JsonWriter json, string? id, string? name)
    {
        if (id is not null)
        {
            json.WriteString("id", id);
        }
        else
        {
            json.WriteString("name", name);
        }
    }

    private static void WriteScope(Utf8JsonWriter json, CloudCredentials credentials, TokenScope scope)
    {
        if (scope.Kind == ScopeKind.Project)
        {
            json.WriteStartObject("scope");
            json.WriteStartObject("project");
            json.WriteString("id", scope.ProjectId);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        else if (scope.Kind == ScopeKind.System)
        {
            json.WriteStartObject("scope");
            json.WriteStartObject("system");
            json.WriteBoolean("all", value: true);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        else if (scope.Kind == ScopeKind.Unscoped || !HasScope(credentials))
        {
            // Said aloud: otherwise Keystone scopes to the user's default project, if there is one.
            json.WriteString("scope", "unscoped");
        }
        else
        {
            json.WriteStartObject("scope");
            WriteConfiguredScope(json, credentials);
            json.WriteEndObject();
        }
    }

    private static bool HasScope(CloudCredentials c) =>
        c.SystemScope || (c.ProjectId ?? c.ProjectName ?? c.DomainId ?? c.DomainName) is not null;

    private static void WriteConfiguredScope(Utf8JsonWriter json, CloudCredentials credentials)
    {
        if (credentials.SystemScope)
        {
            json.WriteStartObject("system");
            json.WriteBoolean("all", value: true);
        }
        else if (credentials.ProjectId is { } projectId)
        {
            json.WriteStartObject("project");
            json.WriteString("id", projectId);
        }
        else if (credentials.ProjectName is { } projectName)
        {
            json.WriteStartObject("project");
            json.WriteString("name", projectName);
            WriteDomain(json, credentials.ProjectDomainId, credentials.ProjectDomainName);
        }
        else
        {
            json.WriteStartObject("domain");
            WriteReference(json, credentials.DomainId, credentials.DomainName);
        }
        json.WriteEndObject();
    }
}
