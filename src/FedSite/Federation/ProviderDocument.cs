using System.Text.Json;

namespace FedSite.Federation;

/// <summary>
/// What an OpenID provider tells of itself. https://openid.net/specs/openid-connect-discovery-1_0.html §3
/// </summary>
internal sealed record ProviderDocument(
    string Issuer,
    Uri? Authorization,
    Uri? Introspection,
    IReadOnlyList<string>? Scopes
)
{
    /// <returns>Null: it is no such document.</returns>
    public static ProviderDocument? Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "issuer") is not { } issuer)
                return null;
            return new ProviderDocument(
                issuer,
                Address(root, "authorization_endpoint"),
                Address(root, "introspection_endpoint"),
                root.TryGetProperty("scopes_supported", out var scopes) && scopes.ValueKind == JsonValueKind.Array
                    ? [.. scopes.EnumerateArray().Select(scope => scope.ToString())]
                    : null
            );
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static Uri? Address(JsonElement root, string name) =>
        Uri.TryCreate(Text(root, name), UriKind.Absolute, out var url) ? url : null;
}
