using System.Text.Json;
using System.Text.Json.Nodes;
using FedSite.OpenStack;

namespace FedSite.Configuration;

/// <summary>
/// Finds the credentials of the cloud: <c>--os-cloud</c>, else <c>openstack</c> of <c>site.yaml</c>, else the
/// <c>OS_*</c> variables (<c>OS_CLOUD</c> first).
/// </summary>
public static class CloudCredentialsSource
{
    private static readonly string[] AuthOptions =
    [
        .. ConfigJson.Default.AuthConfig.Properties.Select(property => property.Name),
    ];

    /// <summary>Reads files and variables, never the network.</summary>
    /// <param name="config">A section <c>openstack</c>, or null when there is none.</param>
    /// <param name="osCloud">Value of <c>--os-cloud</c>; the section does not count then.</param>
    /// <param name="environment">Variables and working folder.</param>
    /// <exception cref="ConfigurationException">Something is missing, contradictory or unreadable.</exception>
    public static CloudCredentials Resolve(OpenStackConfig? config, string? osCloud, HostEnvironment environment)
    {
        if (osCloud is not null)
            return FromCloudsYaml(osCloud, site: null, environment);
        if (config is { Cloud: { } cloud })
            return FromCloudsYaml(cloud, config, environment);
        if (config is not null)
            return Build(config, "site.yaml", "`auth` of `openstack` in site.yaml");
        if (environment.NonEmpty("OS_CLOUD") is { } variable)
            return FromCloudsYaml(variable, site: null, environment);
        return FromVariables(environment);
    }

    /// <summary>
    /// Another account of a cloud: what the section gives replaces what <paramref name="site"/> has. With <c>cloud</c> it is
    /// that of clouds.yaml; with <c>auth_type</c> only the way to Keystone stays.
    /// </summary>
    /// <exception cref="ConfigurationException">Something is missing, contradictory or unreadable.</exception>
    public static CloudCredentials Overlay(CloudCredentials? site, OpenStackConfig section, HostEnvironment environment)
    {
        if (section.Cloud is not null || site is null)
            return Resolve(section, osCloud: null, environment);
        var auth = section.Auth ?? new AuthConfig();
        var kept = section.AuthType is null
            ? new AuthConfig
            {
                Username = auth.UserId is null ? site.Username : null,
                UserId = auth.Username is null ? site.UserId : null,
                Password = site.Password,
                UserDomainName = auth.UserDomainId is null ? site.UserDomainName : null,
                UserDomainId = auth.UserDomainName is null ? site.UserDomainId : null,
                ApplicationCredentialId = auth.ApplicationCredentialName is null ? site.ApplicationCredentialId : null,
                ApplicationCredentialName = auth.ApplicationCredentialId is null
                    ? site.ApplicationCredentialName
                    : null,
                ApplicationCredentialSecret = site.ApplicationCredentialSecret,
                Token = site.Token,
                AccessToken = site.AccessToken,
                ClientId = site.ClientId,
                ClientSecret = site.ClientSecret,
                OpenidScope = site.OpenIdScope,
                AccessTokenEndpoint = site.AccessTokenEndpoint?.AbsoluteUri,
                DiscoveryEndpoint = site.DiscoveryEndpoint?.AbsoluteUri,
            }
            : new AuthConfig();
        var merged = Merge(
            kept with
            {
                AuthUrl = site.AuthUrl.AbsoluteUri,
                IdentityProvider = site.IdentityProvider,
                Protocol = site.Protocol,
            },
            auth
        );
        return Build(
            new OpenStackConfig
            {
                AuthType = section.AuthType ?? AuthRules.NameOf(site.AuthType),
                Auth = merged,
                RegionName = section.RegionName ?? site.RegionName,
                Interface = section.Interface ?? site.Interface,
                Cacert = section.Cacert ?? site.CaCert,
                Verify = section.Verify ?? site.Verify,
            },
            "site.yaml",
            "`openstack` of the VO in site.yaml"
        );
    }

    /// <summary>All options of both; those of <paramref name="over"/> win.</summary>
    private static AuthConfig Merge(AuthConfig under, AuthConfig over)
    {
        var merged = JsonSerializer.SerializeToNode(under, ConfigJson.Default.AuthConfig)!.AsObject();
        foreach (var (option, value) in JsonSerializer.SerializeToNode(over, ConfigJson.Default.AuthConfig)!.AsObject())
            merged[option] = value!.DeepClone();
        return merged.Deserialize(ConfigJson.Default.AuthConfig)!;
    }

    private static CloudCredentials FromCloudsYaml(string name, OpenStackConfig? site, HostEnvironment environment)
    {
        var (entry, file) = new CloudsYaml(environment).Get(name);
        var region = Text(entry, "region_name") ?? FirstRegion(entry);
        var config = ToConfig(entry, region);
        return Build(
            config with
            {
                RegionName = site?.RegionName ?? config.RegionName,
                Interface = site?.Interface ?? config.Interface,
                Cacert = site?.Cacert ?? ExpandHome(config.Cacert, environment),
                Verify = site?.Verify ?? config.Verify,
            },
            $"{file}: {name}",
            $"the cloud `{name}` of {file} (secrets also in secure.yaml)"
        );
    }

    private static CloudCredentials FromVariables(HostEnvironment environment)
    {
        if (environment.NonEmpty("OS_AUTH_URL") is null)
        {
            throw new ConfigurationException(
                "No cloud is named: there is no --os-cloud, no `openstack` in site.yaml, and neither OS_CLOUD nor OS_AUTH_URL is set.",
                "Write `openstack: {cloud: NAME}` into site.yaml for an entry of clouds.yaml, or set the OS_* variables."
            );
        }

        var options = new JsonObject();
        string[] others = ["auth_type", "interface", "endpoint_type", "cacert", "insecure"];
        foreach (var name in AuthOptions.Concat(others).Concat(["default_domain_id", "default_domain_name"]))
        {
            if (environment.NonEmpty("OS_" + name.ToUpperInvariant()) is { } value)
                options[name] = value;
        }

        options["project_name"] ??= environment.NonEmpty("OS_TENANT_NAME");
        options["project_id"] ??= environment.NonEmpty("OS_TENANT_ID");
        var entry = options.DeepClone().AsObject();
        entry["auth"] = options;
        return Build(
            ToConfig(entry, environment.NonEmpty("OS_REGION_NAME")),
            "environment",
            "the OS_* variables (OS_ and the option in capitals)"
        );
    }

    /// <summary>Keys of clouds.yaml that FedSite uses; others belong to other programs.</summary>
    private static OpenStackConfig ToConfig(JsonObject entry, string? region)
    {
        var given = (JsonObject)entry["auth"]!;
        var auth = new JsonObject();
        foreach (var option in AuthOptions)
        {
            if (Text(given, option) is { } value)
                auth[option] = value;
        }

        if (Text(given, "default_domain_id") is { } domainId)
            auth["default_domain"] = domainId;
        if (Text(given, "default_domain_name") is { } domain)
        {
            auth["user_domain_name"] ??= auth["user_domain_id"] is null ? domain : null;
            auth["project_domain_name"] ??= auth["project_domain_id"] is null ? domain : null;
        }

        var endpoints = Text(entry, "interface") ?? Text(entry, "endpoint_type");
        return new OpenStackConfig
        {
            AuthType = Text(entry, "auth_type"),
            Auth = auth.Deserialize(ConfigJson.Default.AuthConfig),
            RegionName = region,
            Interface = endpoints?.Replace("URL", "", StringComparison.Ordinal),
            Cacert = Text(entry, "cacert"),
            Verify = Switch(entry, "verify") ?? !Switch(entry, "insecure"),
        };
    }

    private static CloudCredentials Build(OpenStackConfig config, string origin, string where)
    {
        var auth = config.Auth ?? new AuthConfig();
        var typeName =
            config.AuthType ?? (auth is { Token: not null, Password: null } ? "v3token" : AuthRules.DefaultType);
        if (AuthRules.TypeOf(typeName) is not { } type)
            throw Refuse(origin, [AuthRules.UnknownType(typeName)], where);
        var faults = AuthRules.Check(typeName, auth, strict: false).Select(p => $"{p.Option}: {p.Message}").ToList();
        if (config.Interface is not (null or "public" or "internal" or "admin"))
            faults.Add($"interface: expected public, internal or admin, found `{config.Interface}`");
        foreach (
            var (name, text) in new[]
            {
                ("access_token_endpoint", auth.AccessTokenEndpoint),
                ("discovery_endpoint", auth.DiscoveryEndpoint),
            }
        )
        {
            if (text is not null && !IsWebAddress(text))
                faults.Add($"{name}: expected a URL that begins with https://");
        }

        // Files and variables often end in a line break; a token within has none, and no header could carry it.
        foreach (var (name, text) in new[] { ("token", auth.Token), ("access_token", auth.AccessToken) })
        {
            if (text?.Trim().Any(char.IsWhiteSpace) == true)
                faults.Add($"{name}: it has a blank or a line break inside; a token has none");
        }

        return faults.Count == 0 ? Credentials(type, config, auth, origin) : throw Refuse(origin, faults, where);
    }

    private static CloudCredentials Credentials(AuthType type, OpenStackConfig config, AuthConfig auth, string origin)
    {
        var defaultDomain = auth.DefaultDomain ?? "default";
        return new CloudCredentials
        {
            AuthType = type,
            AuthUrl = KeystoneUrl.Normalize(auth.AuthUrl!),
            Username = auth.Username,
            UserId = auth.UserId,
            Password = auth.Password,
            UserDomainName = auth.UserDomainName,
            UserDomainId =
                auth.UserDomainId ?? (auth is { Username: not null, UserDomainName: null } ? defaultDomain : null),
            ProjectName = auth.ProjectName,
            ProjectId = auth.ProjectId,
            ProjectDomainName = auth.ProjectDomainName,
            ProjectDomainId =
                auth.ProjectDomainId
                ?? (auth is { ProjectName: not null, ProjectDomainName: null } ? defaultDomain : null),
            DomainName = auth.DomainName,
            DomainId = auth.DomainId,
            SystemScope = auth.SystemScope is not null,
            ApplicationCredentialId = auth.ApplicationCredentialId,
            ApplicationCredentialName = auth.ApplicationCredentialName,
            ApplicationCredentialSecret = auth.ApplicationCredentialSecret,
            Token = auth.Token?.Trim(),
            IdentityProvider = auth.IdentityProvider,
            Protocol = auth.Protocol,
            AccessToken = auth.AccessToken?.Trim(),
            ClientId = auth.ClientId,
            ClientSecret = auth.ClientSecret,
            OpenIdScope = auth.OpenidScope,
            AccessTokenEndpoint = auth.AccessTokenEndpoint is { } token ? new Uri(token) : null,
            DiscoveryEndpoint = auth.DiscoveryEndpoint is { } discovery ? new Uri(discovery) : null,
            RegionName = config.RegionName,
            Interface = config.Interface ?? "public",
            CaCert = config.Cacert,
            Verify = config.Verify ?? true,
            Origin = origin,
        };
    }

    private static ConfigurationException Refuse(string origin, IReadOnlyList<string> faults, string where) =>
        new(
            $"The credentials of the cloud (from {origin}) can't be used:\n  {string.Join("\n  ", faults)}",
            $"Write them into {where}."
        );

    private static bool IsWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";

    private static string? FirstRegion(JsonObject entry) =>
        (entry["regions"] as JsonArray)?.FirstOrDefault() switch
        {
            JsonObject region => Text(region, "name"),
            JsonValue name => name.GetValue<string>(),
            _ => null,
        };

    private static string? Text(JsonObject entry, string key) =>
        (entry[key] is JsonArray list ? list.FirstOrDefault() : entry[key]) is JsonValue value
        && value.GetValue<string>() is { Length: > 0 } text
            ? text
            : null;

    // clouds.yaml is written for a reader of YAML 1.1, to which `no` is false.
    private static bool? Switch(JsonObject entry, string key) =>
        Text(entry, key)?.ToLowerInvariant() switch
        {
            "true" or "yes" or "on" or "1" => true,
            "false" or "no" or "off" or "0" => false,
            _ => null,
        };

    private static string? ExpandHome(string? path, HostEnvironment environment) =>
        path is ['~', '/', ..] && environment.NonEmpty("HOME") is { } home ? Path.Combine(home, path[2..]) : path;
}
