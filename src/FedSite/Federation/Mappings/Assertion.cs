using System.Globalization;
using System.Text;
using System.Text.Json;
using FedSite.Configuration;

namespace FedSite.Federation.Mappings;

/// <summary>What Keystone sees of a login: keys of its environment and their values, several joined by <c>;</c>.</summary>
public sealed record Assertion(IReadOnlyDictionary<string, string> Values)
{
    /// <summary>The key that names a user whom no rule names.</summary>
    public const string RemoteUser = "REMOTE_USER";

    private static readonly string[] EnvironmentPrefixes = ["HTTP_", "OIDC-", "OIDC_", RemoteUser];

    /// <summary>
    /// Reads one login. When a name in it is one of the environment (<c>HTTP_…</c>, <c>OIDC-…</c>, <c>OIDC_…</c>,
    /// <c>REMOTE_USER</c>), all are taken as they are; else they are claims, which get the keys that arrive in the
    /// deployment.
    /// </summary>
    public static Assertion Of(JsonElement login, Deployment deployment)
    {
        var members = login.Members();
        var isEnvironment = members.Any(member =>
            Array.Exists(EnvironmentPrefixes, prefix => member.Name.StartsWith(prefix, StringComparison.Ordinal))
        );
        return isEnvironment ? OfEnvironment(members) : OfClaims(members, deployment);
    }

    private static Assertion OfEnvironment(IReadOnlyList<JsonProperty> members)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in members)
        {
            // Only texts count there; a list is a convenience for whoever writes the file.
            if (member.Value.IsString() || member.Value.IsArray())
                values[member.Name] = Claim(member.Value) ?? "";
        }

        return new Assertion(values);
    }

    private static Assertion OfClaims(IReadOnlyList<JsonProperty> members, Deployment deployment)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in members)
        {
            if (Claim(member.Value) is not { } value)
                continue;
            foreach (var key in ClaimKeys.Of(deployment, member.Name))
                values[key] = AsWsgi(value);
        }

        return new Assertion(values);
    }

    /// <summary>A claim's value as mod_auth_openidc renders it; null: it passes on nothing.</summary>
    private static string? Claim(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.True => "1",
            JsonValueKind.False => "0",
            JsonValueKind.Number => value.TryGetInt64(out var whole)
                ? whole.ToString(CultureInfo.InvariantCulture)
                : value.GetDouble().ToString("F6", CultureInfo.InvariantCulture),
            JsonValueKind.Object => value.GetRawText(),
            JsonValueKind.Array => Join(value),
            _ => null,
        };

    // Of a list only texts and truths pass, and leading empty ones vanish.
    private static string Join(JsonElement list)
    {
        var joined = "";
        foreach (var item in list.EnumerateArray())
        {
            var text = item.ValueKind switch
            {
                JsonValueKind.String => item.GetString(),
                JsonValueKind.True => "1",
                JsonValueKind.False => "0",
                _ => null,
            };
            if (text is not null)
                joined = joined.Length == 0 ? text : $"{joined};{text}";
        }

        return joined;
    }

    /// <summary>
    /// The environment of a WSGI application holds bytes as Latin-1, so Keystone sees "JosÃ©" where the claim has
    /// "José".
    /// </summary>
    private static string AsWsgi(string value) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(value));
}
