using System.Text.Json;
using System.Text.Json.Nodes;

namespace FedSite.Configuration;

/// <summary>
/// What every key is worth when the file leaves it out, as JSON. Taken from the records themselves; keys without a
/// default are absent.
/// </summary>
internal static class SiteDefaults
{
    /// <summary>Of the whole file.</summary>
    public static JsonObject Create()
    {
        var site = new SiteConfig { Site = new SiteIdentity { Name = "" } };
        var json = JsonSerializer.SerializeToNode(site, ConfigJson.Default.SiteConfig)!.AsObject();
        json.Remove("site");
        return json;
    }

    /// <summary>Of an element of a list.</summary>
    public static JsonObject? Of(Type type) =>
        type == typeof(VoConfig) ? new JsonObject { ["projects"] = new JsonArray() } : null;

    /// <summary>Stands for a value that was refused, so that the others can still be looked at.</summary>
    public static JsonNode Placeholder(Type type) =>
        type == typeof(RecordKind) ? "cloud"
        : type == typeof(string) ? ""
        : type == typeof(VoConfig) ? new JsonObject { ["name"] = "", ["projects"] = new JsonArray() }
        : new JsonObject { ["name"] = "" };
}
