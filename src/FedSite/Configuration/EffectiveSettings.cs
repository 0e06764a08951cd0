using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using FedSite.Configuration.Yaml;
using FedSite.OpenStack;

namespace FedSite.Configuration;

/// <summary>One value that is in force.</summary>
/// <param name="Key">Its path, for instance <c>messaging.ams.port</c>.</param>
/// <param name="Value">As text; <c>***</c> for what is secret.</param>
/// <param name="Source"><c>default</c>, <c>line 12</c>, <c>line 12, ${NAME}</c> or <c>line 12, !file PATH</c>.</param>
public sealed record EffectiveSetting(string Key, string Value, string Source)
{
    internal Place? Place { get; init; }
    internal PathUse? PathUse { get; init; }
    internal bool IsSecret { get; init; }
}

/// <summary>Lists what is in force, without secrets.</summary>
public static class EffectiveSettings
{
    private const string Mask = "***";

    /// <summary>In the order of the records; keys that are left out and have no default are not listed.</summary>
    public static IReadOnlyList<EffectiveSetting> Of(LoadedSite site)
    {
        var json = JsonSerializer.SerializeToNode(site.Config, ConfigJson.Default.SiteConfig)!;
        var settings = new List<EffectiveSetting>();
        Walk(site, json, ConfigJson.Default.SiteConfig, path: "", KeyAttributes.None, settings);
        return settings;
    }

    /// <summary>The credentials in force, with the keys that they would have in <c>site.yaml</c>.</summary>
    public static IReadOnlyList<EffectiveSetting> Of(CloudCredentials cloud)
    {
        (string Key, string? Value)[] values =
        [
            ("auth_type", AuthRules.NameOf(cloud.AuthType)),
            ("auth.auth_url", cloud.AuthUrl.ToString()),
            ("auth.username", cloud.Username),
            ("auth.user_id", cloud.UserId),
            ("auth.password", Masked(cloud.Password)),
            ("auth.user_domain_name", cloud.UserDomainName),
            ("auth.user_domain_id", cloud.UserDomainId),
            ("auth.project_name", cloud.ProjectName),
            ("auth.project_id", cloud.ProjectId),
            ("auth.project_domain_name", cloud.ProjectDomainName),
            ("auth.project_domain_id", cloud.ProjectDomainId),
            ("auth.domain_name", cloud.DomainName),
            ("auth.domain_id", cloud.DomainId),
            ("auth.system_scope", cloud.SystemScope ? "all" : null),
            ("auth.application_credential_id", cloud.ApplicationCredentialId),
            ("auth.application_credential_name", cloud.ApplicationCredentialName),
            ("auth.application_credential_secret", Masked(cloud.ApplicationCredentialSecret)),
            ("auth.token", Masked(cloud.Token)),
            ("auth.identity_provider", cloud.IdentityProvider),
            ("auth.protocol", cloud.Protocol),
            ("auth.access_token", Masked(cloud.AccessToken)),
            ("auth.client_id", cloud.ClientId),
            ("auth.client_secret", Masked(cloud.ClientSecret)),
            ("auth.openid_scope", cloud.OpenIdScope),
            ("auth.access_token_endpoint", cloud.AccessTokenEndpoint?.ToString()),
            ("auth.discovery_endpoint", cloud.DiscoveryEndpoint?.ToString()),
            ("region_name", cloud.RegionName),
            ("interface", cloud.Interface),
            ("cacert", cloud.CaCert),
            ("verify", cloud.Verify ? "true" : "false"),
        ];
        return
        [
            .. values
                .Where(v => v.Value is not null)
                .Select(v => new EffectiveSetting($"openstack.{v.Key}", v.Value!, cloud.Origin)),
        ];
    }

    private static string? Masked(string? secret) => secret is null ? null : Mask;

    private static void Walk(
        LoadedSite site,
        JsonNode node,
        JsonTypeInfo type,
        string path,
        KeyAttributes attributes,
        List<EffectiveSetting> settings
    )
    {
        if (node is JsonObject texts && type.Kind == JsonTypeInfoKind.Dictionary)
        {
            foreach (var (name, text) in texts)
                settings.Add(Leaf(site, text!, $"{path}.{name}", attributes));
        }
        else if (node is JsonObject group && type.Type != typeof(ProjectRef))
        {
            foreach (var property in type.Properties)
            {
                if (group[property.Name] is { } value)
                {
                    var key = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
                    Walk(site, value, TypeOf(property.PropertyType), key, KeyAttributes.Of(property), settings);
                }
            }
        }
        else if (node is JsonArray list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                var key = string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]");
                Walk(site, list[i]!, TypeOf(type.ElementType!), key, attributes, settings);
            }
        }
        else
        {
            settings.Add(Leaf(site, node, path, attributes));
        }
    }

    private static EffectiveSetting Leaf(LoadedSite site, JsonNode node, string path, KeyAttributes attributes)
    {
        var setting = site.Settings.GetValueOrDefault(path);
        var isFromFile = setting?.From?.StartsWith("!file", StringComparison.Ordinal) ?? false;
        var value = attributes.IsSecret || isFromFile ? Mask : TextOf(node);
        var source =
            setting is null ? "default"
            : setting.From is null ? string.Create(CultureInfo.InvariantCulture, $"line {setting.Place.Line}")
            : string.Create(CultureInfo.InvariantCulture, $"line {setting.Place.Line}, {setting.From}");
        return new EffectiveSetting(path, value, source)
        {
            Place = setting?.Place,
            PathUse = attributes.Path,
            IsSecret = attributes.IsSecret,
        };
    }

    private static string TextOf(JsonNode node) =>
        node is JsonObject ? node.Deserialize(ConfigJson.Default.ProjectRef)!.ToString() : node.ToString();

    private static JsonTypeInfo TypeOf(Type type) => ConfigJson.Default.GetTypeInfo(type)!;
}
