using System.Text.Json;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Reading of bodies; the values fit their schema.</summary>
internal static class KeystoneBody
{
    /// <exception cref="KeystoneFault">400: no JSON, or no object.</exception>
    public static JsonDocument Parse(byte[] body)
    {
        try
        {
            var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }
            document.Dispose();
        }
        catch (JsonException)
        {
            // The same answer as for JSON that is no object.
        }
        throw KeystoneFault.Malformed("Expecting to find valid JSON in request body.");
    }

    /// <param name="before">The value where the key is missing.</param>
    public static string? Text(JsonElement body, string name, string? before) =>
        body.TryGetProperty(name, out var value) ? value.GetString() : before;

    public static bool Flag(JsonElement body, string name, bool before) =>
        body.TryGetProperty(name, out var value) ? value.GetBoolean() : before;

    public static int? Count(JsonElement body, string name, int? before) =>
        !body.TryGetProperty(name, out var value) ? before
        : value.ValueKind == JsonValueKind.Null ? null
        : value.GetInt32();

    /// <summary>None for <c>null</c>.</summary>
    public static IReadOnlyList<string> Texts(JsonElement body, string name, IReadOnlyList<string> before) =>
        !body.TryGetProperty(name, out var value) ? before
        : value.ValueKind == JsonValueKind.Null ? []
        : [.. value.EnumerateArray().Select(text => text.GetString()!)];
}
