using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

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

    /// <summary>Of an element of a list, and of a group of keys that may be left out as a whole.</summary>
    public static JsonObject? Of(Type type) =>
        type == typeof(VoConfig) ? Without("name", new VoConfig { Name = "" }, ConfigJson.Default.VoConfig)
        : type == typeof(FederationConfig)
            ? Without("keystone", new FederationConfig { Keystone = "" }, ConfigJson.Default.FederationConfig)
        : type == typeof(PublishTarget)
            ? Without("type", new PublishTarget { Type = "" }, ConfigJson.Default.PublishTarget)
        : type == typeof(InformationVoConfig)
            ? Without("name", new InformationVoConfig { Name = "" }, ConfigJson.Default.InformationVoConfig)
        : type == typeof(ImageSourceConfig)
            ? Without("registry", new ImageSourceConfig { Registry = "" }, ConfigJson.Default.ImageSourceConfig)
        : type == typeof(ImageVoConfig)
            ? Without("name", new ImageVoConfig { Name = "" }, ConfigJson.Default.ImageVoConfig)
        : type == typeof(IdentityProviderConfig)
            ? Without("idp", new IdentityProviderConfig { Idp = "" }, ConfigJson.Default.IdentityProviderConfig)
        : type == typeof(FlavorConfig)
            ? Without("name", new FlavorConfig { Name = "" }, ConfigJson.Default.FlavorConfig)
        : type == typeof(ProjectNetworkConfig)
            ? JsonSerializer
                .SerializeToNode(new ProjectNetworkConfig(), ConfigJson.Default.ProjectNetworkConfig)!
                .AsObject()
        : type == typeof(AccountingUserConfig)
            ? Without("name", new AccountingUserConfig { Name = "" }, ConfigJson.Default.AccountingUserConfig)
        : null;

    private static JsonObject Without<T>(string required, T defaults, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.SerializeToNode(defaults, type)!.AsObject();
        json.Remove(required);
        return json;
    }

    /// <summary>Stands for a value that was refused, so that the others can still be looked at.</summary>
    public static JsonNode Placeholder(Type type) =>
        type == typeof(RecordKind) ? "cloud"
        : type == typeof(string) ? ""
        : type == typeof(VoConfig) ? new JsonObject { ["name"] = "", ["projects"] = new JsonArray() }
        : type == typeof(PublishTarget) ? new JsonObject { ["type"] = "" }
        : type == typeof(ImageSourceConfig) ? new JsonObject { ["registry"] = "" }
        : type == typeof(IdentityProviderConfig) ? new JsonObject { ["idp"] = "" }
        : new JsonObject { ["name"] = "" };
}
