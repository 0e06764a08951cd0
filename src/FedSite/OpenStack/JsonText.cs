using System.Text.Json;

namespace FedSite.OpenStack;

internal static class JsonText
{
    /// <summary>The text; null: it is none, or holds half a character (<c>\ud800</c>), which JSON allows.</summary>
    public static string? TextOrNull(this JsonElement value)
    {
        try
        {
            return value.ValueKind is JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
